"""The console's pages of operations."""
