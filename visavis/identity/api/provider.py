"""Signing in through the firm's OpenID Connect provider: away with a state, back with a code."""

from dataclasses import asdict
from datetime import timedelta

from visavis.identity import oidc
from visavis.identity.api import sessions
from visavis.identity.oidc import Ask, Subject
from visavis.identity.store import sessions as tokens
from visavis.kernel import clock
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound
from visavis.kernel.settings import Settings

PURPOSE = "oidc"
AWAY = timedelta(minutes=10)
PROVIDER_ID = "firm"


def providers(settings: Settings) -> list[tuple[str, str]]:
    """The providers of this installation as (id, name): none or one."""
    if not settings.oidc_issuer:
        return []
    return [(PROVIDER_ID, settings.oidc_name or settings.firm_name)]


async def authorization(provider_id: str, settings: Settings, redirect_uri: str) -> tuple[Ask, str]:
    """The secrets of a new round, and where to send the browser; outside any transaction, for it asks the provider."""
    _known(provider_id, settings)
    ask = oidc.fresh_ask()
    provider = await oidc.discover(settings)
    return ask, oidc.authorization_url(provider, settings, ask, redirect_uri)


async def remember_ask(tx: Tx, ask: Ask, back_to: str) -> None:
    """Keep a round's secrets by the hash of its state."""
    data = asdict(ask) | {"back_to": back_to}
    await tokens.add_token(tx, sessions.digest(ask.state), PURPOSE, None, data, clock.now() + AWAY)


async def recall_ask(tx: Tx, state: str) -> tuple[Ask, str] | None:
    """The round that a state belongs to and where to go back to; it is spent by this."""
    row = await tokens.use_token(tx, sessions.digest(state), PURPOSE)
    if row is None:
        return None
    data = dict(row["data"])
    back_to = str(data.pop("back_to"))
    return Ask(**data), back_to


async def redeem_code(
    provider_id: str, settings: Settings, code: str, ask: Ask, redirect_uri: str
) -> Subject:
    """Whom the provider vouches for; outside any transaction, for it asks the provider. Raises `ProviderRefused`."""
    _known(provider_id, settings)
    provider = await oidc.discover(settings)
    return await oidc.redeem(provider, settings, code, ask, redirect_uri)


def _known(provider_id: str, settings: Settings) -> None:
    if not settings.oidc_issuer or provider_id != PROVIDER_ID:
        raise NotFound
