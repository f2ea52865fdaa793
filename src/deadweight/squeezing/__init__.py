"""Makes the weights of a model smaller and judges what that costs. Needs numpy: import it where it is asked for."""
