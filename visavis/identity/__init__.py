"""Identity: people, branches, licences, sign-in and sessions.

Owns person, staff, branch, licence, login_session, one_time_token, recovery_code, embed_issuer, embed_origin,
used_token, attempt, public_report. Publishes StaffLeft, StaffSuspended, LicenceChanged.
Start reading at `rules.capabilities`, then `api/sessions.py`.
"""
