"""One file a kind of dead weight in checkpoints."""
