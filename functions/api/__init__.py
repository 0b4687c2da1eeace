"""Lambda api: the REST API."""
