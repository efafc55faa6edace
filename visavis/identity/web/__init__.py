"""Routes of identity; `ROUTERS` is what the composition root mounts, `me_out` how it shows a person on a socket."""

from visavis.identity.web import (
    consents,
    embedding,
    feed,
    licences,
    oidc,
    photos,
    public,
    sign_in,
    staff,
    verify,
)
from visavis.identity.web.present import me_out

ROUTERS = (
    sign_in.router,
    oidc.router,
    staff.router,
    photos.router,
    licences.router,
    feed.router,
    consents.router,
    embedding.router,
    public.router,
    verify.router,
)

__all__ = ["ROUTERS", "me_out"]
