"""Kinds of change, one file each, found by their EDIT."""
