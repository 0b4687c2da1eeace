"""The pages of technical accounts and API connections."""
