"""The operations of drafts."""
