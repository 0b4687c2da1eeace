"""The console's pages of drafts."""
