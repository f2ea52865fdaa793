"""Tensors and checkpoints, read without running them."""
