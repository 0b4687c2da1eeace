"""Lambda notification: e-mail notices of status changes."""
