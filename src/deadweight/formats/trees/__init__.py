"""What trees of the file system are read and written with."""
