"""Documents that people read: every page this platform issues, as PDF/A-3a and PDF/UA-1 in one file.

Pages are typst templates filled with plain values; the embedded files and the Factur-X metadata are
added afterwards, as bytes. Nothing here converts or alters a PDF that someone else made: an original
travels unchanged, as an attachment.
"""
