"""The operations of deposits."""
