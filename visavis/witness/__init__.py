"""A witness: a small process with its own key and store that remembers how long each log was (C2SP tlog-witness).

Whoever does not trust the platform runs it: compliance, an auditor, another branch. It imports nothing of the platform
but the log's formats. Start reading in `judging.py`; `keeping.py` is the store, `server.py` the wire.
"""
