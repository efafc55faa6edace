"""Visavis connects the clients of a securities broker with its licensed advisors."""

__version__ = "0.1.0"
