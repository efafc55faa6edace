"""Routes of review; `ROUTERS` is what the composition root mounts."""

from visavis.review.web import breaches, broadcasts, cases, held, policies, queue, tickets

ROUTERS = (
    queue.router,
    held.router,
    cases.router,
    tickets.router,
    broadcasts.router,
    breaches.router,
    policies.router,
)

__all__ = ["ROUTERS"]
