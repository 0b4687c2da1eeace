"""Lambda validation: one document of a flow is accepted or refused."""
