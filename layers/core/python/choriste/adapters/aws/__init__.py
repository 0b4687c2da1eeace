"""The ports on Amazon Web Services, one package per service."""
