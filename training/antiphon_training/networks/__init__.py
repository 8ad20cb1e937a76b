"""The networks, in Keras 3: TensorFlow trains and exports them, JAX trains them too."""
