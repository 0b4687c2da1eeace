"""The operations of technical accounts and API connections."""
