"""What the layers of a model are given on real inputs."""
