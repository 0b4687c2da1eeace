"""The console's pages of signing in."""
