"""The rule sets: a folder a family with its facts and its predicates, a catalogue with versions and dates."""
