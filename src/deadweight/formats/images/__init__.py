"""What container images are read and written with."""
