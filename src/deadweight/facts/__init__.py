"""Questions about an artifact, one file each."""
