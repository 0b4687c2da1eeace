"""The HTTP side of the API: the resolver, its problems, and its description."""
