"""What an environment holds: its sites, its Python, and what each distribution's metadata says."""
