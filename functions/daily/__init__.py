"""What is done once a day."""
