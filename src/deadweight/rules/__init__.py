"""Rules, one file each, found by their RULE."""
