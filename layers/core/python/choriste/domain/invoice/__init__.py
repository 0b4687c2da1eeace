"""The invoice of EN 16931: its model, its terms, and what an entry form computes."""
