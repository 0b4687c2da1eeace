"""Lambda inbox: files dropped in the inbox."""
