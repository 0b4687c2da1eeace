"""The Sirene registry of INSEE over HTTPS."""
