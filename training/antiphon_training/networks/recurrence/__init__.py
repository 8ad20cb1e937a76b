"""The loop of an LSTM over time, for each back end of Keras that trains."""
