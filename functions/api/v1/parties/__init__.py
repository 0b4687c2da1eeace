"""The operations of structures."""
