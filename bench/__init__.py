"""Benchmarks: `python -m bench.rules` and others; each writes JSON under `build/bench` and a table in docs."""
