"""Compressions, one file each, found by their CODEC."""
