"""Ecosystems that own bytes, one file each, found by their CATALOGER."""
