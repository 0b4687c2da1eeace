"""The statuses and reasons in the codes of other systems."""
