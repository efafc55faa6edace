"""The cast: simulated advisors of every kind, among them those who must never be offered anything, and clients."""

import datetime as dt
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyotp
from joserfc import jwt
from joserfc.jwk import ECKey

from visavis.sdk.http import Http

ISSUER = "rehearsal"
KEY_ID = "rehearsal-1"
AUDIENCE = "visavis-widget"
TOKEN_S = 120
PATIENCE = 20  # how often a call is made again on a machine that is busy

SERVE, ADVISE, MARGIN, FUND = "serve", "advise", "advise_margin", "advise_fund"
TOPICS = (
    "account",
    "trading",
    "fund",
    "bond",
    "margin",
    "suitability",
    "fees",
    "ipo",
    "app",
    "planning",
    "other",
)


Licences = tuple[tuple[str, str, str], ...]


@dataclass
class Member:
    """One simulated member of staff; `may` is what the register allows him to be offered, by our own reading of it."""

    login: str
    kind: str
    may: frozenset[str]
    id: str = ""
    http: Http | None = None
    topics: tuple[str, ...] = TOPICS
    licences: Licences = field(default=())


def plan(count: int, run: str) -> Iterator[Member]:
    """`count` advisors: five of the first eight are troubled in one way each, all others are in order."""
    today = dt.datetime.now(tz=dt.UTC).date()
    start, end = (
        str(today - dt.timedelta(days=400)),
        str(today + dt.timedelta(days=400)),
    )
    gone = str(today - dt.timedelta(days=2))
    full: Licences = (
        ("securities", start, end),
        ("advisory", start, end),
        ("fund", start, end),
        ("margin", start, end),
    )
    everything = frozenset({SERVE, ADVISE, MARGIN, FUND})
    kinds = ("sound", "expired", "sound", "suspended", "sound", "plain", "leaver", "manager")
    for number in range(count):
        kind = kinds[number] if number < len(kinds) else "sound"
        may, licences = everything, full
        if kind == "expired":  # the advisory registration ran out: service remains, advice does not
            may = frozenset({SERVE})
            licences = (("securities", start, end), ("advisory", start, gone), ("fund", start, end))
        elif (
            kind == "plain"
        ):  # registered, but without the qualifications for funds and margin trading
            may, licences = frozenset({SERVE, ADVISE}), full[:2]
        elif kind == "manager":  # a client manager serves and never advises
            may, licences = frozenset({SERVE}), full[:1]
        yield Member(f"{run}-{kind}-{number}", kind, may, licences=licences)


async def bring_in(admin: Http, members: list[Member], base: str) -> None:
    """Make the staff in the platform, give them their licences, and sign them in; one is suspended at once."""
    branches = (await admin.get("/api/branches"))["items"]
    for number, member in enumerate(members):
        role = "client_manager" if member.kind == "manager" else "advisor"
        made = await admin.post(
            "/api/staff",
            {
                "login": member.login,
                "name": f"演练{number:03d}",
                "name_en": f"Rehearsal {number:03d}",
                "roles": [role],
                "branch": branches[number % len(branches)]["id"],
                "code": f"R{secrets.randbelow(10**12):012d}",
                "languages": ["zh-CN", "en"],
                "topics": list(member.topics),
                "capacity": 6,
                "environment": "simulated",
            },
        )
        member.id = made["id"]
        for kind, first, last in member.licences:
            await admin.post(
                f"/api/staff/{member.id}/licences",
                {
                    "type": kind,
                    "number": f"R{secrets.randbelow(10**12):012d}",
                    "valid_from": first,
                    "valid_to": last,
                    "source": "rehearsal",
                },
            )
        invited = await admin.post(f"/api/staff/{member.id}/invite")
        member.http = await enrol(base, invited["url"].rpartition("=")[2])
        if member.kind == "suspended":
            await admin.post(f"/api/staff/{member.id}/suspend", {"reason": "rehearsal"})


async def enrol(base: str, invitation: str) -> Http:
    """Accept an invitation, set the second factor, and be signed in."""
    http = Http(base, patience=PATIENCE)
    body = {"token": invitation, "password": secrets.token_urlsafe(16)}
    step = await http.post("/api/invitations/accept", body)
    code = pyotp.TOTP(pyotp.parse_uri(step["otpauth"]).secret).now()
    await http.post("/api/sign-in/totp", {"challenge": step["challenge"], "code": code})
    return http


class Broker:
    """The simulated broker's site: it vouches for simulated clients with single-use tokens."""

    def __init__(self, run: str) -> None:
        self.run = run
        self._key = ECKey.generate_key("P-256")

    async def introduce(self, admin: Http) -> None:
        """Have the platform trust this site, for simulated people only."""
        await admin.post(
            "/api/issuers",
            {
                "issuer": f"{ISSUER}-{self.run}",
                "key_id": KEY_ID,
                "algorithm": "ES256",
                "key": self._key.as_pem(private=False).decode(),
                "environment": "simulated",
            },
        )

    def token(self, number: int, now: int) -> str:
        """A fresh identity token for the client with this number."""
        claims = {
            "iss": f"{ISSUER}-{self.run}",
            "aud": AUDIENCE,
            "sub": f"{self.run}-client-{number:05d}",
            "name": f"演练客户{number:03d}",
            "lang": "zh-CN",
            "iat": now,
            "exp": now + TOKEN_S,
            "jti": secrets.token_urlsafe(16),
        }
        return jwt.encode({"alg": "ES256", "kid": KEY_ID}, claims, self._key)
