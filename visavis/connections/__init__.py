"""Who may talk to whom: the firm assigns, establishes, hands over and dissolves; nobody else does.

Owns `connection`, `reply`, `touch`, `contact_preference`, `contact_bar`, `handover`, `handover_client`, `client_look`,
`look_alarm` and `book_import`; publishes the events of `types/`. Start reading in `api/`, then `lifecycle.py`; `rules/`
decides who may speak and who succeeds, `book.py` brings the firm's client-manager book.
"""
