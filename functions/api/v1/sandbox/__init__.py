"""The operations of a sandbox."""
