"""The checks that deadweight makes by itself, one file a kind."""
