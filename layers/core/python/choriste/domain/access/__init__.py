"""Who takes part: structures with their services, users with their rights, and the principal of a request.

Pure: nothing here knows how a password is kept or a token is read; `choriste.application.access` does.
"""
