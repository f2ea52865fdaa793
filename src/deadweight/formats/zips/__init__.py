"""What zips and wheels are read and written with."""
