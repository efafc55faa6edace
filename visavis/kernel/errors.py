"""Refusals: what the product says no to, each with a stable code and an HTTP status."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar


@dataclass(frozen=True)
class Problem:
    """What is answered whenever something is refused or fails (docs/operate/errors.md).

    `error` is the code, `detail` its sentence in the caller's language, filled from `params`, `id` that of the request.
    """

    error: str
    detail: str
    id: str
    params: Mapping[str, str | int | float | bool] = field(default_factory=dict)


class Refusal(Exception):
    """Nothing happened, and the caller is told why.

    Raising rolls the transaction back. What must be kept (a message held, a failed sign-in) is an outcome: return it.
    Subclasses set `code` and `status` and have a sentence under `code` in their context's `messages.json`; `recorded`
    says that the door has put the refusal on record itself, so that the edge need not (denials.py).
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409
    recorded: ClassVar[bool] = False

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.code)

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


class Malformed(Refusal):
    """The input cannot be understood; `params` may name `field` and `reason`."""

    code = "malformed"
    status = 422


class NotSignedIn(Refusal):
    """There is no valid session."""

    code = "not_signed_in"
    status = 401


class Forbidden(Refusal):
    """This actor may not do this."""

    code = "forbidden"
    status = 403


class NotFound(Refusal):
    """There is no such thing, or the actor may not know of it."""

    code = "not_found"
    status = 404


class TooMany(Refusal):
    """A limit was reached; `params["retry_after"]` is in seconds."""

    code = "too_many"
    status = 429


class Unavailable(Refusal):
    """The server cannot do this at the moment; nothing was done, trying again is safe."""

    code = "unavailable"
    status = 503


class DiskFull(Unavailable):
    """A disk of the server is full, the database's or that of the files; nothing was done."""

    code = "disk_full"
    status = 507
