"""Lambda facturx: the readable duplicate of an accepted invoice."""
