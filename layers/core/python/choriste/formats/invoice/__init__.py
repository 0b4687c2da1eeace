"""The invoice syntaxes: CII and UBL."""
