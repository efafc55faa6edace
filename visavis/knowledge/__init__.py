"""What the firm knows: entries in versions, written by one and approved by another, and the search over those in force.

Owns `knowledge_entry` and `knowledge_version`; publishes `KnowledgeChanged`. Start reading in
`api.py`, then `rules/index.py`, the search, whose sureness tools/calibrate_search.py fits and
prints.
"""
