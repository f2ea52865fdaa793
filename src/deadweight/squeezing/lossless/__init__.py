"""Tensors in fewer bytes without the loss of a bit."""
