"""The engine: a light tree of the file, the automaton of paths, the kinds of rules, and running them all.

It knows no rule set by name: which rules there are, and what their predicates ask, is in
`choriste.rules.rulesets`; sentences are in `choriste.rules.findings`.
"""
