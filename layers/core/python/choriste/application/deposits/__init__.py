"""The use cases of a deposit, from its bytes to its integration report."""
