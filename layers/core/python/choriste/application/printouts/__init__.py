"""The use cases that print: readable copies and printouts."""
