"""Draws how scores are spread."""

import matplotlib.pyplot as plt
from app.backends.forest import score

plt.hist([score([value / 100] * 8) for value in range(100)])
plt.savefig("scores.png")
