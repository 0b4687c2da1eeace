"""The deployable units: parse the event, call a use case, render the answer."""
