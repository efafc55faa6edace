"""Sends queued notices: claims a few, lets them out side by side, keeps what became of each.

A process of its own: a slow push service or a broken webhook holds up nobody's transaction and no other job. A notice
may go out twice when a courier dies between sending and keeping; its id stays the same.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import httpx
import msgspec
import structlog

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.channels import evidence, rules, store
from visavis.channels.terms import vapid
from visavis.channels.types import (
    Attempt,
    Channel,
    Fate,
    Notice,
    NoticeReason,
    NoticeState,
    Subscription,
)
from visavis.channels.webhook import Hook, HttpHook, NullHook
from visavis.channels.webpush import HttpPush, NullPush, Push
from visavis.dispatch import api as dispatch
from visavis.kernel import clock
from visavis.kernel.db import Database, Tx
from visavis.kernel.settings import Settings

log = structlog.get_logger(__name__)

BATCH = 16
LEASE_S = 60.0
POLL_S = 2.0
TIMEOUT_S = 10.0
DAY_S = 86_400


class Courier:
    """Carries the notices of one database through two ways out."""

    def __init__(self, database: Database, push: Push, hook: Hook) -> None:
        self._database = database
        self._push = push
        self._hook = hook

    async def run_due(self) -> int:
        """Send what is due now; how many attempts that were."""
        now = clock.now()
        async with self._database.transaction() as tx:
            notices = await store.claim(tx, now, BATCH, LEASE_S)
            browsers = await store.subscriptions_by_id(
                tx, {one.subscription_id for one in notices if one.subscription_id}
            )
        attempts = await asyncio.gather(*(self._send(one, browsers, now) for one in notices))
        for notice, attempt in zip(notices, attempts, strict=True):
            async with self._database.transaction() as tx:
                await self._keep(tx, notice, attempt)
        return len(notices)

    async def _send(
        self, notice: Notice, browsers: Mapping[UUID, Subscription], now: datetime
    ) -> Attempt | None:
        """One attempt; None where there is nothing to send any more."""
        if notice.expires_at is not None and notice.expires_at <= now:
            return None
        body = msgspec.json.encode(notice.payload)
        if notice.channel is Channel.WEBHOOK:
            return await self._hook.call(str(notice.id), body)
        browser = browsers.get(notice.subscription_id) if notice.subscription_id else None
        if browser is None or browser.person_id != notice.person_id:
            return None
        ttl = DAY_S
        if notice.expires_at is not None:
            ttl = max(1, int((notice.expires_at - now).total_seconds()))
        topic = notice.object_id if notice.reason is NoticeReason.MESSAGE else None
        return await self._push.send(browser, body, ttl, topic)

    async def _keep(self, tx: Tx, notice: Notice, attempt: Attempt | None) -> None:
        now = clock.now()
        if attempt is None:
            await self._finish(tx, notice, NoticeState.SKIPPED, "too late")
            return
        due = rules.next_try(notice, attempt, now)
        if due is not None:
            await store.again(tx, notice.id, due, attempt.detail)
            return
        sent = attempt.fate is Fate.SENT
        await self._finish(
            tx, notice, NoticeState.SENT if sent else NoticeState.FAILED, attempt.detail
        )
        if attempt.fate is Fate.GONE and notice.subscription_id is not None:
            owner = await store.unsubscribe(tx, notice.subscription_id, None)
            if owner is not None:
                await evidence.ended(tx, owner, [notice.subscription_id], "the browser is gone")
            left = await store.subscriptions(tx, notice.person_id)
            await dispatch.set_pushable(tx, notice.person_id, bool(left))

    async def _finish(self, tx: Tx, notice: Notice, state: NoticeState, detail: str) -> None:
        body = {
            "person": str(notice.person_id), "channel": notice.channel.value, "reason": notice.reason.value,
            "object": str(notice.object_id), "state": state.value, "attempts": notice.attempts, "detail": detail,
        }  # fmt: skip
        environment = await store.environment_of(tx, notice.id)
        record = await archive.append_one(
            tx, Fact("notice.sent", notice.id, notice.person_id, environment, body)
        )
        await store.finish(tx, notice.id, state, detail, clock.now(), record)

    async def run(self) -> None:
        """Work until cancelled, woken by hints and by a slow poll."""
        wake = asyncio.Event()
        cancel = self._database.live.subscribe("notices", lambda _: wake.set())
        try:
            while True:
                wake.clear()
                try:
                    done = await self.run_due()
                except Exception:
                    log.exception("courier failed")
                    done = 0
                if not done:
                    await clock.woken(wake, POLL_S)
        finally:
            cancel()


async def run(database: Database, settings: Settings) -> None:
    """The process of the composition root: the ways out that the settings name, or their null twins."""
    limits = httpx.Limits(max_connections=BATCH)
    async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False, limits=limits) as http:
        push: Push = HttpPush(vapid(settings), http) if settings.push == "on" else NullPush()
        hook: Hook = (
            HttpHook(settings.webhook_url, settings.webhook_secret, http)
            if settings.webhook_url
            else NullHook()
        )
        await Courier(database, push, hook).run()
