"""Lambda recognition: scans and photographs read, where the operator chose it."""
