"""The sign-ins of the demo's staff: random for each data folder, kept beside it, shown on the demo site."""

import json
import os
import pathlib
import random
import time
from dataclasses import asdict, dataclass

import pyotp

# Without a vowel no login can be in it, which the platform refuses.
LETTERS = "bcdfghjkmnpqrstvwxzBCDFGHJKLMNPQRSTVWXZ"


def fresh_password() -> str:
    """A random password of 84 bits that no login is part of."""
    return "".join(random.SystemRandom().choices(LETTERS, k=16))


@dataclass(frozen=True)
class Account:
    """One staff sign-in; `page` is the application that the role works in."""

    login: str
    password: str
    totp_secret: str
    name: str
    name_en: str
    role: str
    page: str

    def code(self) -> tuple[str, int]:
        """The one-time code of this moment and the seconds for which it is valid."""
        totp = pyotp.TOTP(self.totp_secret)
        now = time.time()
        return totp.at(int(now)), 30 - int(now) % 30


@dataclass(frozen=True)
class Secrets:
    """What the demo must remember: its site's signing key (PEM), its clients and its staff's sign-ins."""

    site_key: str
    clients: list[dict[str, str]]
    accounts: list[Account]


def path_in(home: pathlib.Path) -> pathlib.Path:
    """Where the secrets of a demo lie in its data folder."""
    return home / "demo.json"


def save(home: pathlib.Path, secrets: Secrets) -> None:
    """Keep the secrets, readable by their owner alone; a half-written file never takes their place."""
    path = path_in(home)
    fresh = path.with_suffix(".new")
    handle = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
    with open(handle, "w", encoding="utf-8") as file:
        json.dump(asdict(secrets), file, ensure_ascii=False, indent=1)
    fresh.rename(path)


def load(home: pathlib.Path) -> Secrets | None:
    """The secrets of a demo that was seeded before, or None."""
    path = path_in(home)
    if not path.exists():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    return Secrets(data["site_key"], data["clients"], [Account(**one) for one in data["accounts"]])
