"""What is done with a project's dependencies: locked, split, fixed, each proven."""
