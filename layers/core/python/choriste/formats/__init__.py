"""Formats: bytes to the EN 16931 model and back, and what is wrong with bytes that hold no invoice.

Readers and writers share one binding table per syntax. Business rules are deliberately absent: they
belong to `choriste.rules`; so are PDF files, which belong to `choriste.documents`.
"""
