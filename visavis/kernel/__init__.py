"""The kernel knows no business word: settings, clock, ids, errors, events (pure); auth; and the machinery.

Machinery: db, migrate, postgres (embedded), outbox, jobs, live (the bus), http, log, health. Tables: `event`, `job`,
`lease`, `idempotence`. Start reading in `db.py`: a transaction is what every door receives first.
"""
