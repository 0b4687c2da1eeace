"""The ports on AWS KMS."""
