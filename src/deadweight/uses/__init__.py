"""One file a kind of evidence that a project uses what it asks for: `EVIDENCE: Evidence`."""
