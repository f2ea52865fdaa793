"""Exact versions for what is asked, through uv as a program; and fresh environments of them."""
