"""What a program on this host needs of the system around it, for an image made from scratch."""
