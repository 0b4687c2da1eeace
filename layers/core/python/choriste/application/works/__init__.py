"""The use cases of works contracts."""
