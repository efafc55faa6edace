"""Routes of custody."""

from fastapi import APIRouter

from visavis.custody.web import auditing

ROUTERS: tuple[APIRouter, ...] = (auditing.router,)
