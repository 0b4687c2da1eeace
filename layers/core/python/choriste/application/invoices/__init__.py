"""The use cases of a tracked invoice: read, treat, act, attach, deliver."""
