"""Judging text: a normaliser, a policy pack, and a verdict with the places in the original.

Owns `verdict` and `policy_document`; publishes no event and knows no conversation. Start reading in `api/` (`judge`),
then `rules/engine.py`; the policies themselves are the JSON documents in `policies/`.
"""
