"""Sandboxes: test structures of a developer, in the same deployment as the real ones and apart from them."""
