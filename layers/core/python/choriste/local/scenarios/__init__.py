"""Scenarios as data: who does what, and the status that must follow.

Tests, the demo and the docs share them.
"""
