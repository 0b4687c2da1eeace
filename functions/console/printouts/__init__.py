"""The console's pages of printouts."""
