"""Judging text: a normaliser, a policy pack, and a verdict with the places in the original.

Owns the table `verdict`; publishes no event and knows no conversation. Start reading in `api.py`
(`judge`), then `rules/engine.py`; the policies themselves are the JSON documents in `policies/`.
"""
