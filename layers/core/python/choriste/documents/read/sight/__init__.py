"""What a reader of a page sees: characters joined into words, and the scenery that hides some of them.

Used in child processes: nothing here imports more of the package, nor any library but pdfium.
"""
