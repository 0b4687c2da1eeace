"""Technical accounts and API connections of a structure: who administers them, and how they end."""
