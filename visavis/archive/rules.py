"""Decisions of the archive without I/O: who may see what about the record."""

from visavis.kernel.auth import Actor, Role


def may_count(actor: Actor) -> bool:
    """Whether the actor answers for the record, or runs the platform that keeps it."""
    return actor.has(Role.SUPERVISOR, Role.EXAMINER, Role.OPERATOR, Role.ADMINISTRATOR)


def may_read_entries(actor: Actor) -> bool:
    """Whether the actor may fetch the sealed records as they lie in the log."""
    return actor.has(Role.SUPERVISOR, Role.EXAMINER)
