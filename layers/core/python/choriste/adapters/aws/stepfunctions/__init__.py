"""The ports on Amazon Step Functions."""
