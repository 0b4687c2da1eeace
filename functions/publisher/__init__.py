"""Lambda publisher: from the outbox to the event bus."""
