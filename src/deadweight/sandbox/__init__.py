"""Runs a program on a tree: isolation and observation."""
