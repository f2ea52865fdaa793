"""What runs of a program touch: recorded, read from elsewhere, united, kept as a file."""
