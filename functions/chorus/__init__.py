"""Lambda chorus: the Chorus Pro compatible API, under `/cpro`."""
