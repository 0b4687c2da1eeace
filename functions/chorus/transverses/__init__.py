"""The operations of `/cpro/transverses/v1`."""
