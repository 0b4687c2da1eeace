"""Lambda sweeper: what is due."""
