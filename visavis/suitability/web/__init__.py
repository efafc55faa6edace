"""Routes of suitability: the client's own, and the firm's."""

from visavis.suitability.web.client import router as client
from visavis.suitability.web.firm import router as firm

ROUTERS = (client, firm)

__all__ = ["ROUTERS"]
