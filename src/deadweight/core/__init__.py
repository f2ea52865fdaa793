"""The nouns and their laws: no input or output, nothing of ours imported."""
