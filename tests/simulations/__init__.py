"""Simulations of the use cases in memory, with a clock of their own: `python -m tests.simulations.NAME`."""
