"""What declarations, uses and an environment come to: verdicts, trees, costs, splits, locks and fixes."""
