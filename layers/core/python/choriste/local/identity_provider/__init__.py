"""A provider of identity on one machine (OpenID Connect), with sample people, in the place of ProConnect."""
