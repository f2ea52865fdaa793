"""Lists of requirements and locks as text."""
