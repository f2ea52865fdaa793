"""One file a format of model files."""
