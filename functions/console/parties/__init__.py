"""Pages of the directory: structures searched, shown and administered."""
