"""The pivot flow (FEN0036A): invoices as the systems of recipients take them, with their files."""

from choriste.formats.pivot.writer import PivotFile, PivotInvoice, write_pivot

__all__ = ["PivotFile", "PivotInvoice", "write_pivot"]
