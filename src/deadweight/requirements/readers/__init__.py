"""One file a place where requirements are declared: `READER: Reader`."""
