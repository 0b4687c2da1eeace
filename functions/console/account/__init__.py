"""The console's pages of the own account."""
