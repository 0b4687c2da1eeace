"""The operations under `/v1`, one package per capability."""
