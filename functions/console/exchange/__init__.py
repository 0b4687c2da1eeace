"""The pages of the file exchange: the partners of a structure, and what each was sent."""
