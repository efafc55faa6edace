"""Routes of conversations; `ROUTERS` is what the composition root mounts."""

from visavis.conversations.web import files, routes, supervising
from visavis.conversations.web.live import ConversationFeeds, Speaker, commands

ROUTERS = (routes.router, files.router, supervising.router)

__all__ = ["ROUTERS", "ConversationFeeds", "Speaker", "commands"]
