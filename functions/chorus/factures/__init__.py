"""The operations of `/cpro/factures/v1`."""
