"""Routes of knowledge."""

from visavis.knowledge.web.routes import router

__all__ = ["router"]
