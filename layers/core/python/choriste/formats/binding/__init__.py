"""The binding tables: one description reads and writes each syntax."""
