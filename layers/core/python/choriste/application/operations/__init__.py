"""The use cases that resume what stands still."""
