"""Routes of the archive: `counting` says how much is on record, `tiles` serves the log."""

from visavis.archive.web import counting, tiles

ROUTERS = (counting.router, tiles.router)
