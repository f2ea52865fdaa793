"""What a project asks for: its declarations, its locks, the environment they come to, and the resolver."""
