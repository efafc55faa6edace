"""Routes of identity; `ROUTERS` is what the composition root mounts."""

from visavis.identity.web import sign_in

ROUTERS = (sign_in.router,)
