"""Choriste, an open e-invoicing platform: each sub-package is a room, and a room looks only inwards.

From the outside in: `cli` and `local`, `runtime`, `adapters`, `application`, `rules` and `documents`,
`formats`, `i18n`, `domain`. import-linter holds the walls (pyproject.toml).
"""
