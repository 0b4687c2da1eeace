"""Requests made up from the operator's descriptions of the Chorus Pro API, sent to a running platform."""
