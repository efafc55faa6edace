"""What the demo says to the platform about its staff."""

import pyotp

from visavis.demo.firm import Worker
from visavis.sdk.http import Http

PATIENCE = 20  # on a machine that is busy, or whose disk is


async def accept_invitation(
    base: str, invitation: str, password: str, now: float
) -> tuple[Http, str]:
    """Set the password, enrol the second factor, and sign in at this moment; returns the session and TOTP secret."""
    session = Http(base, patience=PATIENCE)
    step = await session.call(
        "POST", "/api/invitations/accept", {"token": invitation, "password": password}
    )
    secret = pyotp.parse_uri(step["otpauth"]).secret
    code = pyotp.TOTP(secret).at(int(now))
    await session.call("POST", "/api/sign-in/totp", {"challenge": step["challenge"], "code": code})
    return session, secret


def staff_body(worker: Worker, branch_id: str) -> dict[str, object]:
    """The body that makes a member of staff."""
    return {
        "login": worker.login,
        "employee_no": worker.employee_no,
        "name": worker.name,
        "name_en": worker.name_en,
        "roles": list(worker.roles),
        "branch": branch_id,
        "code": worker.code or None,
        "languages": list(worker.languages),
        "topics": list(worker.topics),
        "capacity": worker.capacity,
        "environment": worker.environment,
    }
