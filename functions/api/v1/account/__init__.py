"""The operations of the own account: signing up, signing in, and what protects it."""
