"""Output forms of a report, one file each, found by their FORM."""
