"""Advisors of a rehearsal: they come online, take offers and grab, answer and close."""

import asyncio
import time
from typing import Any

from visavis.rehearsal.cast import Member
from visavis.rehearsal.history import Offered
from visavis.rehearsal.players import ENDING_S, Frame, Player, Stage
from visavis.sdk.errors import WireError
from visavis.sdk.ids import fresh_key

REPLIES = (
    "您好，这个问题我来为您说明。一般以公司公布的规则为准，您也可以在应用里查看。",
    "您好，已看到您的问题。具体以合同与公告为准，我把步骤发给您。",
    "您好，请问您方便说一下是哪一个账户吗？我帮您核对流程。",
)


class AdvisorPlayer(Player):
    """Comes online, takes offers and grabs, answers, and closes."""

    def __init__(self, stage: Stage, member: Member) -> None:
        assert member.http is not None
        super().__init__(stage, member.login, member.http, "desktop")
        self.member = member
        self._work: set[asyncio.Task[None]] = set()
        self._pooled: set[str] = set()

    async def play(self) -> None:
        """Serve until every client has gone; whoever may not come online stays away."""
        try:
            await self.live.start()
            await self.http.call("PUT", "/api/presence", {"status": "online", "capacity": 6})
        except WireError:
            if self.member.kind not in ("suspended", "leaver"):
                raise
            return
        while not self.stage.closed and self.live.ended is None:
            await self.look_at_pool()
            await self.stage.pause(0.8, 1.6)
        if self._work:
            await asyncio.wait(self._work, timeout=ENDING_S)

    def on_frame(self, frame: Frame) -> None:
        """An offer is worked on beside whatever else is being done."""
        if frame["t"] == "offer":
            self._begin(self.consider(frame["offer"]))

    def _begin(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    def _note(self, offer: Frame) -> None:
        self.stage.history.offered.append(
            Offered(
                str(offer["id"]),
                str(offer["request"]),
                self.name,
                str(offer["capability"]),
                time.monotonic(),
            )
        )

    async def consider(self, offer: Frame) -> None:
        """Accept mostly; now and then decline, or look away until it runs out."""
        self._note(offer)
        mood = self.stage.dice.random()
        await self.stage.pause(0.2, 1.2)
        try:
            if mood < 0.06:
                await self.http.post(f"/api/offers/{offer['id']}/decline", {"reason": "topic"})
            elif mood < 0.94:
                taken = await self.http.post(f"/api/offers/{offer['id']}/accept")
                await self.serve(str(taken["conversation"]), str(offer["request"]))
        except WireError as error:
            self._expected(error)

    async def look_at_pool(self) -> None:
        """Grab what lies in the pool, sometimes."""
        try:
            pool = (await self.http.get("/api/pool"))["items"]
            for offer in pool:
                if offer["request"] not in self._pooled:
                    self._pooled.add(offer["request"])
                    self._note(offer)
            if pool and self.stage.dice.random() < 0.6:
                wanted = self.stage.dice.choice(pool)["request"]
                taken = await self.http.post(
                    f"/api/pool/{wanted}/grab", {"client_key": fresh_key()}
                )
                self._begin(self.serve(str(taken["conversation"]), str(wanted)))
        except WireError as error:
            self._expected(error)

    async def serve(self, conversation: str, request: str) -> None:
        """Answer, wait for the client's word, and close."""
        self.stage.history.accepted.append((request, self.name))
        try:
            await self.live.pull(conversation)
            await self.stage.pause(0.3, 1.5)
            await self.say(conversation, self.stage.dice.choice(REPLIES))
            mine = self.live.streams.of(conversation).high
            await self.until(lambda: self.heard(conversation, mine, _by_client), ENDING_S)
            await self.http.post(f"/api/conversations/{conversation}/close")
        except WireError as error:
            self._expected(error)

    def _expected(self, error: WireError) -> None:
        """Losing a race, or one's rights, is part of the play; anything else is noted."""
        lost = {
            "already_taken",
            "offer_over",
            "offer_gone",
            "no_capacity",
            "not_eligible",
            "network",
        }
        rights = {
            "not_signed_in",
            "forbidden",
            "stopped",
            "not_found",
            "not_connected",
            "connection_dissolved",
        }
        if error.code not in lost and not (
            error.code in rights and self.member.kind in ("leaver", "suspended")
        ):
            self.stage.history.faults.append(f"{self.name}: {error}")


def _by_client(entry: Frame) -> bool:
    return (entry["sender"] or {}).get("role") == "client"
