"""Signing people and programs in: passwords, second factors, sessions, tokens and technical accounts.

Secrets enter here in clear, once; what is stored is a hash, and nothing is logged.
"""
