"""The schema's one line of history, as plain SQL files run by Alembic: expand, backfill, contract."""
