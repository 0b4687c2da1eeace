"""The function that checks structures against the Sirene registry."""
