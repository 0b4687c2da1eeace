"""Temporary credentials of AWS."""
