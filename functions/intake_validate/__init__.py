"""Lambda intake_validate: one document of a flow is accepted or refused."""
