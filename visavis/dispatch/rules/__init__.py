"""Decisions of dispatch without I/O: `states`, `candidates`, `ladder`, `hours`, with `policy` as their data."""
