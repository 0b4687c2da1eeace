"""Lambda intake_deliver: an accepted invoice goes to its recipient."""
