"""A tracked invoice: its head, its history and audit chain, and the journey of its statuses."""
