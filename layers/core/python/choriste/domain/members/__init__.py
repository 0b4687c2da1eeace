"""Who belongs to a structure: rights, requests for them, the primary manager's role, and the history.

Pure: nothing here knows where a record is stored or who may ask; `choriste.application.members` does.
"""
