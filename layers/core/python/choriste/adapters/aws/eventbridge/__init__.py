"""The ports on Amazon EventBridge."""
