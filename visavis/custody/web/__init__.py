"""Routes of custody."""

from fastapi import APIRouter

from visavis.custody.web import auditing, exporting, looking

ROUTERS: tuple[APIRouter, ...] = (auditing.router, looking.router, exporting.router)
