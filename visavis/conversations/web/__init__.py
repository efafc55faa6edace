"""Routes of conversations; `ROUTERS` is what the composition root mounts."""

from visavis.conversations.web import client, files, groups, routes, scheduled, supervising
from visavis.conversations.web.commands import Talking
from visavis.conversations.web.live import ConversationFeeds, Speaker

ROUTERS = (
    client.router,
    routes.router,
    files.router,
    scheduled.router,
    groups.router,
    supervising.router,
)

__all__ = ["ROUTERS", "ConversationFeeds", "Speaker", "Talking"]
