"""The documents that the platform prints about an invoice or a flow."""
