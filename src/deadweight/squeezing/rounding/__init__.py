"""Weights become codes, and errors are made good by other weights."""
