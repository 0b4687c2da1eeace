"""Lambda approval: the waits for a decision."""
