"""Custody of the record: proves it complete, finds and exports it, lets examiners in, holds and destroys it.

Owns `audit_run`, `finding`, `finding_mark`, `examiner_grant`, `archive_look`, `export_job`, `client_copy`,
`legal_hold`, `destruction` and `capture`; publishes the events of `types/`. Start reading in `api/__init__.py`;
`clerk.py` does the long work.
"""
