"""The ports on Amazon S3."""
