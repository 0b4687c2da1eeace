"""Where the rooms meet technology: settings, clock, observability and the composition roots."""
