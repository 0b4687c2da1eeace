"""Files to partners: invoices for recipients, statuses for both sides."""
