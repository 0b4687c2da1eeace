"""The ports in memory: for tests, and for measuring what the technology costs."""
