"""What is said of model files, for a person: one file a command."""
