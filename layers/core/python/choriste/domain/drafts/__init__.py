"""Invoices in preparation."""
