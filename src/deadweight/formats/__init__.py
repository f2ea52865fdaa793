"""Artifact formats, one file each, found by their FORMAT: recognise, open, pack."""
