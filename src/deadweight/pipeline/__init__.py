"""The arrows: open, attribute, find, plan, apply, verify, pack, report."""
