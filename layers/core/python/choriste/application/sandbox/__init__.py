"""Sandboxes: opened by their developers, with a clock to move and answers to force."""
