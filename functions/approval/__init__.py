"""Lambda approval: the steps that the state machines ask for."""
