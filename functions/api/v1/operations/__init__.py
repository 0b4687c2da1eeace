"""The operations of operations."""
