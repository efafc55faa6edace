"""The door of identity: every verb that others may call, gathered from the modules beside this one."""

from visavis.identity.api.people import (
    branches,
    client_by_ref,
    clients_by_ref,
    ensure_client,
    ensure_clients,
    people,
    photo,
    serving_staff,
    staff,
    staff_by_number,
    verify_code,
)
from visavis.identity.api.sessions import (
    actor_of_session,
    authenticate,
    issue_ticket,
    redeem_ticket,
    rights_changed,
    session_context,
)
from visavis.identity.rules import capabilities, meets, primary_role
from visavis.identity.terms import install, today

__all__ = [
    "actor_of_session",
    "authenticate",
    "branches",
    "capabilities",
    "client_by_ref",
    "clients_by_ref",
    "ensure_client",
    "ensure_clients",
    "install",
    "issue_ticket",
    "meets",
    "people",
    "photo",
    "primary_role",
    "redeem_ticket",
    "rights_changed",
    "serving_staff",
    "session_context",
    "staff",
    "staff_by_number",
    "today",
    "verify_code",
]
