"""From a model file to a smaller one, and to what two of them come to side by side."""
