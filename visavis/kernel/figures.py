"""The figures of one process that its own parts keep: batches, commits, queues. `/metrics` shows them (health.py)."""

from typing import Protocol
from weakref import WeakSet

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
BATCH = Histogram(
    "visavis_batch_items",
    "Items that went into one commit, by what they are.",
    ("queue",),
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
    registry=REGISTRY,
)
COMMIT = Histogram(
    "visavis_commit_seconds",
    "COMMIT of what may write, from the word to the database's answer.",
    buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
    registry=REGISTRY,
)
DEPTH = Gauge(
    "visavis_queue_items", "Items that wait for the next commit.", ("queue",), registry=REGISTRY
)
SHED = Counter(
    "visavis_shed",
    "What was not taken under overload: signs, pages, messages.",
    ("what",),
    registry=REGISTRY,
)
SIGNS, PAGES, MESSAGES = (SHED.labels(what) for what in ("signs", "pages", "messages"))


class Queue(Protocol):
    """Something that gathers items for a commit."""

    name: str

    def __len__(self) -> int:
        """How many wait."""
        ...

    def __hash__(self) -> int:
        """Queues are told apart by identity."""
        ...


_queues: "WeakSet[Queue]" = WeakSet()


def watch(queue: Queue) -> None:
    """Show this queue's depth as long as it lives."""
    _queues.add(queue)


def measure() -> CollectorRegistry:
    """The registry, with the depths of this moment."""
    DEPTH.clear()
    for queue in _queues:
        DEPTH.labels(queue.name).inc(len(queue))
    return REGISTRY
