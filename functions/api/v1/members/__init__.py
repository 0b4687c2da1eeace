"""Who belongs to a structure: users and rights, requests for access, the history, imports and mergers."""
