"""Routes of review; `ROUTERS` is what the composition root mounts."""

from visavis.review.web import broadcasts, cases, held, queue, tickets

ROUTERS = (queue.router, held.router, cases.router, tickets.router, broadcasts.router)

__all__ = ["ROUTERS"]
