"""Commands without an answer: each is repeated under its own key until it has one, in the order of their making."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from visavis.sdk.errors import WireError

# Refusals that ask for patience: the same command may pass later.
PATIENCE = frozenset({"unavailable", "too_many"})
# A pull that meets one of these may pass later: it changes nothing, whatever happened to it.
REPEATED = PATIENCE | {"internal"}


@dataclass
class Pending:
    """A command on its way; `answer` holds the acknowledged entry or raises what the server said."""

    frame: Mapping[str, Any]
    answer: "asyncio.Future[Mapping[str, Any]]"
    attempts: int = 0
    # Under way, or asked to come back later.
    sent: bool = field(default=False)


class Outbox:
    """The unanswered commands of one client, by key."""

    def __init__(self) -> None:
        self._pending: dict[str, Pending] = {}
        # Those not sent, in the order of their making: whoever sends looks at these alone.
        self._unsent: list[Pending] = []

    def __len__(self) -> int:
        return len(self._pending)

    def add(self, frame: Mapping[str, Any]) -> Pending:
        """Remember a command until it is answered; a command whose key is already waiting is the same command."""
        known = self._pending.get(frame["client_key"])
        if known is not None:
            return known
        one = Pending(frame, asyncio.get_running_loop().create_future())
        self._pending[frame["client_key"]] = one
        self._unsent.append(one)
        return one

    def get(self, key: str) -> Pending | None:
        """The waiting command of a key."""
        return self._pending.get(key)

    def interrupted(self) -> None:
        """The line is down: nothing that was sent can be relied on."""
        for one in self._pending.values():
            one.sent = False
        self._unsent = list(self._pending.values())

    def due(self) -> list[Pending]:
        """Commands to be sent (again), oldest first; they count as sent from now on."""
        due = [one for one in self._unsent if one.frame["client_key"] in self._pending]
        self._unsent = []
        for one in due:
            one.sent = True
            one.attempts += 1
        return due

    def acknowledged(self, key: str, entry: Mapping[str, Any]) -> None:
        """The command is kept; a late second acknowledgement changes nothing."""
        one = self._pending.pop(key, None)
        if one is not None and not one.answer.done():
            one.answer.set_result(entry)

    def refused(self, key: str, code: str, detail: str) -> bool:
        """The command was refused; true where it stays, to be sent again once it has `rested`."""
        one = self._pending.get(key)
        if one is None:
            return False
        if code in PATIENCE:
            return True
        del self._pending[key]
        if not one.answer.done():
            one.answer.set_exception(WireError(code, detail))
        return False

    def rested(self, key: str) -> None:
        """The time that the server asked for is over: the command is due again, in its place."""
        one = self._pending.get(key)
        if one is not None and one.sent:
            one.sent = False
            self._unsent = [each for each in self._pending.values() if not each.sent]

    def abandon(self, error: Exception) -> None:
        """Nobody will answer any more."""
        for one in self._pending.values():
            if not one.answer.done():
                one.answer.set_exception(error)
                one.answer.exception()
        self._pending.clear()
        self._unsent.clear()
