"""A client of the platform's own REST API, for programs that run elsewhere."""
