"""Who may talk to whom: the firm assigns, establishes, hands over and dissolves; nobody else does.

Owns `connection`, `touch` and `book_import`; publishes `ConnectionProposed`, `ConnectionEstablished`,
`ConnectionSuspended` and `ConnectionDissolved`. Start reading in `api.py`, then `rules.py`; `book.py` brings the firm's
client-manager book, `handover.py` finds successors.
"""
