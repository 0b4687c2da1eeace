"""The use cases that announce status changes."""
