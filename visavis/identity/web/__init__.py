"""Routes of identity; `ROUTERS` is what the composition root mounts."""

from visavis.identity.web import administration, oidc, public, sign_in

ROUTERS = (sign_in.router, oidc.router, administration.router, public.router)
