"""Lambda facturx: the readable copy of an accepted invoice."""
