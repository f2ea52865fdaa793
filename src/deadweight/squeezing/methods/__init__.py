"""Ways to make a tensor smaller, one a module."""
