"""Who belongs to a structure: users and rights, requests for access, the history, the role, mergers."""
