"""Who may talk to whom: the firm assigns, establishes, hands over and dissolves; nobody else does.

Owns `connection`, `reply`, `touch`, `contact_preference` and `book_import`; publishes `ConnectionProposed`,
`ConnectionEstablished` and `ConnectionDissolved`. Start reading in `api/`, then `lifecycle.py`; `rules/` decides who
may speak and who succeeds, `book.py` brings the firm's client-manager book.
"""
