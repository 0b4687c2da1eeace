"""The use cases of belonging to a structure: users, rights, requests, the manager's role, the history."""
