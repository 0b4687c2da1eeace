"""Lambda opening: archives, one at a time."""
