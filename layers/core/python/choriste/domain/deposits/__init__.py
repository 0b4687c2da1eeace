"""What is deposited: flows, their documents, and the parties that a deposit names."""
