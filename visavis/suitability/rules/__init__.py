"""Decisions of suitability without I/O."""
