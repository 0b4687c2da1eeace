"""Makes the documents that the platform issues."""
