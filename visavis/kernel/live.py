"""The bus: carries hints ("stream X is now at N") between the parts of the platform.

Losing, doubling or reordering a hint is harmless: PostgreSQL is the truth, and whoever missed one sees a gap and pulls.
Topics are plain words with an id behind a dot: `conversation.<id>`, `person.<id>`, `pool`, `engine`, `board`.
Two buses keep this promise: `InProcess` here for one process, `Nats` (live_nats.py) for many.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
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

    # Whether a hint may get lost on its way: then somebody looks into the store now and then (reconciling.py).
    lossy: bool

    def publish(self, hint: Hint) -> None:
        """Pass the hint on to every listener of its topic; never blocks, never raises."""
        ...

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        """Call `listener` for every hint on `topic`, until the returned function is called."""
        ...

    def topics(self) -> Collection[str]:
        """What somebody in this process listens to now."""
        ...

    def deliver(self, hint: Hint) -> None:
        """Pass the hint on to the listeners of this process alone."""
        ...

    @property
    def connected(self) -> bool:
        """Whether hints of other processes arrive."""
        ...


class InProcess:
    """The bus of a single process: a hint is a function call."""

    lossy = False
    connected = True

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = defaultdict(set)

    def publish(self, hint: Hint) -> None:
        self.deliver(hint)

    def deliver(self, hint: Hint) -> None:
        for listener in tuple(self._listeners.get(hint.topic, ())):
            try:
                listener(hint)
            except Exception:
                log.exception("bus listener failed", topic=hint.topic)

    def topics(self) -> Collection[str]:
        return tuple(self._listeners)

    def subscribe(self, topic: str, listener: Listener) -> Callable[[], None]:
        self._listeners[topic].add(listener)

        def cancel() -> None:
            listeners = self._listeners.get(topic)
            if listeners is not None:
                listeners.discard(listener)
                if not listeners:
                    del self._listeners[topic]

        return cancel
