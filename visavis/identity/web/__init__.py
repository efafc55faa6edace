"""Routes of identity; `ROUTERS` is what the composition root mounts."""

from visavis.identity.web import administration, public, sign_in

ROUTERS = (sign_in.router, administration.router, public.router)
