"""The bus: carries hints ("stream X is now at N") between the parts of the platform.

Losing, doubling or reordering a hint is harmless: PostgreSQL is the truth, and whoever missed one sees a gap and pulls.
Topics are plain words with an id behind a dot: `conversation.<id>`, `person.<id>`, `pool`, `engine`, `board`.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Hint:
    """News about `topic`; the payload holds ids and numbers, never text."""

    topic: str
    payload: Mapping[str, object] = field(default_factory=dict)


Listener = Callable[[Hint], None]


class Live(Protocol):
    """The bus as its users see it."""

    def publish(self, hint: Hint) -> None:
        """Pass the hint on to every listener of its topic; never blocks, never raises."""
        ...

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Call `listener` for every hint on `topic`, until the returned function is called."""
        ...


class InProcess:
    """The bus of a single process: a hint is a function call."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = defaultdict(set)

    def publish(self, hint: Hint) -> None:
        for listener in tuple(self._listeners.get(hint.topic, ())):
            try:
                listener(hint)
            except Exception:
                log.exception("bus listener failed", topic=hint.topic)

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        self._listeners[topic].add(listener)

        def cancel() -> None:
            listeners = self._listeners.get(topic)
            if listeners is not None:
                listeners.discard(listener)
                if not listeners:
                    del self._listeners[topic]

        return cancel
