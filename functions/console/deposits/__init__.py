"""The console's pages of deposits."""
