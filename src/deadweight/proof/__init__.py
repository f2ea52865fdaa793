"""Probes, verdicts, and the comparison of two trees."""
