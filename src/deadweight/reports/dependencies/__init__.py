"""What is told a person of a project's dependencies, one module a command."""
