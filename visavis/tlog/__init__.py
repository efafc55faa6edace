"""The public formats of a transparency log, pure: whoever checks the record needs this package and nothing else.

Owns no table. RFC 6962 trees, C2SP tlog-tiles, signed-note, tlog-checkpoint, tlog-cosignature, tlog-proof, tlog-policy.
Start reading in `tree.py`, then `tiles.py`, `note.py`, `checkpoint.py`; `evidence.py` is the file a client keeps.
`growing.py` appends, `reading.py` proves from tiles, `auditing.py` finds the first fault.
"""
