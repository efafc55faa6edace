"""Decisions of custody, without I/O."""
