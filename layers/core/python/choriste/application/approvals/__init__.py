"""The waits for decisions."""
