"""The use cases, one module per verb phrase, and the ports through which they reach the outside.

A use case receives the ports of its capability (`ports.py` in its folder) and who asks, a `Principal`. It
checks rights itself; nothing above it may be trusted to have done so.
"""
