"""The operations of access."""
