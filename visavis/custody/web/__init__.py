"""Routes of custody."""

from fastapi import APIRouter

from visavis.custody.web import auditing, exporting, health, keeping, looking, portrait

ROUTERS: tuple[APIRouter, ...] = (
    auditing.router,
    looking.router,
    exporting.router,
    keeping.router,
    portrait.router,
    health.router,
)
