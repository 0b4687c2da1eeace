"""Structures: registering, consulting, changing, searching and closing them."""
