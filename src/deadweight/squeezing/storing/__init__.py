"""A squeezed model as a file, and what runs of it again."""
