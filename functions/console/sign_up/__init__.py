"""The console's pages of getting an account."""
