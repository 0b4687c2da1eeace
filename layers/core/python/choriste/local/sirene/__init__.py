"""A registry of invented establishments that speaks as API Sirene 3.11 does."""
