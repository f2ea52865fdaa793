"""One file a kind of need: what something kept needs in turn."""
