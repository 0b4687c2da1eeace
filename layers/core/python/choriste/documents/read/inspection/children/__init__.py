"""Scripts that run in child processes: each limits itself first, then reads a PDF from standard input.

But for `look.py` they import nothing of this package, so that a child starts with the one library it needs.
"""
