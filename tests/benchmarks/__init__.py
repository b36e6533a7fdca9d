"""Benchmarks: `python -m tests.benchmarks [engine|view|all] [--repeats N]` prints tables with the targets beside."""
