"""Fixtures of the tests of incentives."""

from tests.connections.conftest import assign, boss, bring

__all__ = ["assign", "boss", "bring"]
