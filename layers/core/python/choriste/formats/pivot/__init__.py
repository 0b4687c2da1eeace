"""The flows that systems exchange: invoices for recipients (pivot, FEN0036A), and statuses."""

from choriste.formats.pivot.statuses import (
    Fault,
    FlowReport,
    FlowStatus,
    StatedStatus,
    read_statuses,
    write_flow_report,
    write_statuses,
)
from choriste.formats.pivot.writer import PivotFile, PivotInvoice, write_pivot

__all__ = [
    "Fault",
    "FlowReport",
    "FlowStatus",
    "PivotFile",
    "PivotInvoice",
    "StatedStatus",
    "read_statuses",
    "write_flow_report",
    "write_pivot",
    "write_statuses",
]
