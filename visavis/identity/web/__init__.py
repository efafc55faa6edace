"""Routes of identity; `ROUTERS` is what the composition root mounts."""

from visavis.identity.web import administration, oidc, public, sign_in
from visavis.identity.web.present import me_out

ROUTERS = (sign_in.router, oidc.router, administration.router, public.router)

__all__ = ["ROUTERS", "me_out"]
