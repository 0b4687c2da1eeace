"""The operations of works contracts."""
