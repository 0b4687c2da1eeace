"""Scripts that run in child processes: each limits itself first, then reads a PDF from standard input.

They import nothing of this package, so that a child starts with the one library it needs.
"""
