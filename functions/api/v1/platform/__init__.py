"""The operations of platform."""
