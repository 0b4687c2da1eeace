"""Structures, their services, and how an invoice is addressed to one."""
