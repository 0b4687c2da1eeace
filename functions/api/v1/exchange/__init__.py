"""The operations of the file exchange: partners, what they were sent, credentials for their folders."""
