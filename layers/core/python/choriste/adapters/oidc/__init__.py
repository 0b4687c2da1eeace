"""Providers of identity over OpenID Connect."""
