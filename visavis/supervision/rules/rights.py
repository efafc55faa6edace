"""Who may do what with the house's policies; author and approver of a version are two people (see the door)."""

from visavis.kernel.auth import Actor, Role


def may_read(actor: Actor) -> bool:
    """Supervisors, and examiners who look at how the firm supervises."""
    return actor.has(Role.SUPERVISOR, Role.EXAMINER)


def may_propose(actor: Actor) -> bool:
    """Supervisors write, and decide on what other supervisors wrote."""
    return actor.has(Role.SUPERVISOR)
