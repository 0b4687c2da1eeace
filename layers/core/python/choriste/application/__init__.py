"""The use cases, one module per verb phrase, and the ports through which they reach the outside.

A use case receives what it works with as a `Workshop` (the ports) and who asks as a `Principal`. It
checks rights itself; nothing above it may be trusted to have done so.
"""
