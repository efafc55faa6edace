"""Structured logs: one line per event, with the request's id, without message text or secrets."""

import errno
import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import asyncpg
import structlog

from visavis.kernel.errors import Unavailable

# Values under these keys never reach a log line.
SECRET = frozenset(
    {"text", "body", "password", "token", "bearer", "secret", "cookie", "code", "totp", "excerpt"}
)
# What a connection that cannot be had, or was cut, is told by.
AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InternalClientError,
    asyncpg.InterfaceError,
)


def mask(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace what must not be logged by a mark that says so."""
    for key in SECRET.intersection(event):
        event[key] = "[masked]"
    return event


def without_rows(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception's traceback as text, without the rows that PostgreSQL quotes in the detail of a violation."""
    error = event.get("exc_info")
    if (away := _away(error)) is not None:
        # Nobody's mistake, and told by every loop for as long as it lasts: a line says it all.
        return {key: value for key, value in event.items() if key != "exc_info"} | {"error": away}
    event = structlog.processors.format_exc_info(None, "", event)
    if "exception" not in event:
        return event
    if not isinstance(error, BaseException):
        error = error[1] if isinstance(error, tuple) else sys.exc_info()[1]
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        detail = getattr(one, "detail", None)
        if isinstance(detail, str) and detail:
            event["exception"] = event["exception"].replace(detail, "[masked]")
        waiting += [one.__cause__, one.__context__]
    return event


def _away(error: object) -> str | None:
    """Why the database was not reached, or what the disk has no room for, where that is all that has happened."""
    one = sys.exc_info()[1] if error is True else error
    if isinstance(one, OSError) and one.errno == errno.ENOSPC:
        return f"the disk is full: {one.filename or one.strerror}"
    if isinstance(one, Unavailable) and isinstance(one.__cause__, AWAY):
        why = str(one.__cause__) or type(one.__cause__).__name__
        return f"the database is not reached: {why.splitlines()[0]}"
    return None


def setup(style: str = "text", level: str = "info") -> None:
    """Send structured lines to standard error, as JSON or for a person to read."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False, sort_keys=False)
    )
    # The driver's pool tells of a database that is away by tracebacks; whoever asks it tells so in a line.
    logging.getLogger("asyncpg").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            mask,
            without_rows,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
