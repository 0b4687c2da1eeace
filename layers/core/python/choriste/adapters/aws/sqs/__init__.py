"""The ports on Amazon SQS."""
