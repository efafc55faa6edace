"""Who may do what with the record; examiners act within a grant, which `grants.py` decides on."""

from visavis.kernel.auth import Actor, Role


def may_see_health(actor: Actor) -> bool:
    """Audit results, checkpoints and capture: for who answers for the record, and who runs the platform."""
    return actor.has(Role.SUPERVISOR, Role.EXAMINER, Role.OPERATOR, Role.ADMINISTRATOR)


def may_audit(actor: Actor) -> bool:
    """Ask for a comparison; the platform does so every night."""
    return actor.has(Role.SUPERVISOR, Role.OPERATOR, Role.ADMINISTRATOR, Role.SYSTEM)
