"""Benchmarks: each module runs alone, writes JSON under `build/bench` and a table in docs."""
