"""Kinds of settings: what a time zone, an address or an origin must look like."""

import shlex
from datetime import time
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from annotated_types import Ge
from pydantic import AfterValidator

ROLES = frozenset({"web", "dispatch", "work"})


def zone(name: str) -> str:
    """A time zone that this machine knows; raises ValueError."""
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        raise ValueError("should be a time zone, for example Asia/Shanghai") from None
    return name


def clock_time(text: str) -> str:
    """A time of day; raises ValueError."""
    try:
        time.fromisoformat(text)
    except ValueError:
        raise ValueError("should be a time of day, for example 20:00") from None
    return text


def web_address(text: str) -> str:
    """An address on the web, or nothing; raises ValueError."""
    parts = urlsplit(text)
    if text and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError("should be an address that begins with https:// or http://, or empty")
    return text


def database_address(text: str) -> str:
    """The address of a PostgreSQL, or nothing; raises ValueError."""
    if text and urlsplit(text).scheme not in ("postgresql", "postgres"):
        raise ValueError("should be an address that begins with postgresql://, or empty")
    return text


def origin(text: str) -> str:
    """An address without a path; raises ValueError."""
    parts = urlsplit(web_address(text))
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("should be an origin without a path, for example https://talk.example.com")
    return text.rstrip("/")


def roles(text: str) -> str:
    """What a process does; raises ValueError."""
    named = {one.strip() for one in text.split(",")}
    if not named <= ROLES:
        raise ValueError("should be some of web, dispatch, work, separated by commas")
    return ",".join(sorted(named))


def bus_address(text: str) -> str:
    """The address of a bus, or nothing; raises ValueError."""
    parts = urlsplit(text)
    if text and (parts.scheme not in ("nats", "tls") or not parts.hostname):
        raise ValueError("should be an address that begins with nats:// or tls://, or empty")
    return text


def command(text: str) -> str:
    """A program with its arguments, split as a shell would, or nothing; raises ValueError."""
    shlex.split(text)
    return text


def master_keys(text: str) -> str:
    """Where masters may lie; raises ValueError."""
    if text and not text.startswith(("pkcs11:/", "vault:http://", "vault:https://")):
        raise ValueError("should begin with pkcs11:/ or vault:https://, or be empty")
    return text


Seconds = Annotated[float, Ge(0)]
Count = Annotated[int, Ge(1)]
Zone = Annotated[str, AfterValidator(zone)]
Roles = Annotated[str, AfterValidator(roles)]
BusAddress = Annotated[str, AfterValidator(bus_address)]
DatabaseAddress = Annotated[str, AfterValidator(database_address)]
ClockTime = Annotated[str, AfterValidator(clock_time)]
WebAddress = Annotated[str, AfterValidator(web_address)]
Origin = Annotated[str, AfterValidator(origin)]
Command = Annotated[str, AfterValidator(command)]
MasterKeys = Annotated[str, AfterValidator(master_keys)]
