"""Routes of the archive: `counting` says how much is on record, `tiles` serves the log, `receipts` checks a receipt."""

from visavis.archive.web import counting, receipts, tiles

ROUTERS = (counting.router, tiles.router, receipts.router)
