"""The kernel knows no business word: settings, clock, ids, errors, events (pure); auth; and the machinery.

Machinery: db, migrate, postgres (embedded), outbox, jobs, live (the bus), http, log, health. Owns `installation`, `job`
and `lease`. Start reading in `db.py`: a transaction is what every door receives first.
"""
