"""What tars are read and written with."""
