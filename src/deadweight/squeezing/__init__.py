"""Makes the weights of a model smaller. Needs numpy: import it where it is asked for."""
