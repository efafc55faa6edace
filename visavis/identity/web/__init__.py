"""Routes of identity; `ROUTERS` is what the composition root mounts."""
