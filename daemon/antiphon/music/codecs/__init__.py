"""Notes as a network reads them: classes, numbers or words, and back."""
