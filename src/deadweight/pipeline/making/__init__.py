"""A plan is made true on a copy, proven, mended where the proof fails, and put in place."""
