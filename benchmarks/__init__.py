"""Benchmarks: each is one command that prints a table, writes JSON and measures a floor in the same run."""
