"""Identity: people, branches, licences, sign-in and sessions.

Owns `person`, `staff`, `branch`, `licence`, `login_session`, `one_time_token`, `recovery_code`, `embed_issuer`,
`embed_origin`, `used_token`, `attempt`, `consent`, `hr_event` and `public_report`; publishes the events of `types/`.
Start reading at `rules.capabilities`, then `api/sessions.py`.
"""
