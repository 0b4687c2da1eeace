"""What the use cases of every capability share."""
