"""The console's pages of invoices."""
