"""What is said of a zoo, for a person: one file a command."""
