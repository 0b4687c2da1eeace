"""The operations of printouts."""
