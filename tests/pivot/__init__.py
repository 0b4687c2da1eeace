"""The pivots of the corpora against the official schema: `python -m tests.pivot`."""
