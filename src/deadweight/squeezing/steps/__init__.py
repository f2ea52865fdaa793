"""The single steps: pruning, fine-tuning, codes within the own format of a file."""
