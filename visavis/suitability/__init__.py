"""Suitability: what a client may be shown and sold, by his own assessment, and the proof of every decision.

Owns `suitability_document`, `suitability_client`, `assessment`, `investor_category`, `match_decision`,
`professional_proof`, `client_request` and `client_request_step`; publishes `SuitabilityChanged`, `ProofsDue` and
`MatrixChanged`. Start reading in
`rules/matching.py` (allowed or not, and why), `rules/procedure.py` (the client's own request), then `api/`. The
questionnaire, the bands, the matrix and the other terms are documents with versions; `documents/` has the first ones.
"""
