"""The ports on Amazon SES."""
