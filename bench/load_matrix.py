"""Matrix client-server interface: PUT to send, a long-polling sync to listen, one room per pair."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
from load import Meter

FILTER = json.dumps(
    {
        "presence": {"types": []},
        "account_data": {"types": []},
        "room": {"ephemeral": {"types": []}, "state": {"lazy_load_members": True}, "timeline": {"limit": 100}},
    }
)  # fmt: skip
AT_ONCE = 6
PASSWORD = "a long pass phrase"  # noqa: S105 - of invented people


class Matrix:
    """Everybody's access tokens and rooms; made once and kept in a file for the next run."""

    def __init__(self, spec: dict[str, Any], meter: Meter, texts: list[str]) -> None:
        self._meter = meter
        self._texts = texts
        self._pairs: int = spec["pairs"]
        self._kept = Path(spec["people_file"])
        self._http = httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{spec['port']}/_matrix/client/v3", timeout=60,
            limits=httpx.Limits(max_connections=None),
        )  # fmt: skip
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._tokens: list[str] = []
        self._rooms: list[str] = []
        self._run = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def _ask(self, method: str, path: str, token: str, body: Any = None, **query: Any) -> Any:
        answer = await self._http.request(
            method, path, headers={"Authorization": f"Bearer {token}"} if token else {}, json=body, params=query
        )  # fmt: skip
        answer.raise_for_status()
        return answer.json()

    async def open(self) -> None:
        """Register, make rooms, and begin to listen."""
        if self._kept.exists():
            self._tokens, self._rooms, self._run = json.loads(self._kept.read_text())
        else:
            people = await asyncio.gather(*map(self._register, range(2 * self._pairs)))
            self._tokens = [one["access_token"] for one in people]
            ids = [one["user_id"] for one in people]
            self._rooms = await asyncio.gather(
                *(self._room(pair, ids) for pair in range(self._pairs))
            )
        self._run += 1
        self._kept.write_text(json.dumps([self._tokens, self._rooms, self._run]))
        ready = [asyncio.Event() for _ in range(self._pairs)]
        for pair, event in enumerate(ready):
            self._spawn(self._listen(pair, event))
        await asyncio.gather(*(one.wait() for one in ready))

    async def _register(self, number: int) -> Any:
        async with self._gate:
            body = {
                "username": f"u{number}", "password": PASSWORD, "auth": {"type": "m.login.dummy"},
            }  # fmt: skip
            return await self._ask("POST", "/register", "", body)

    async def _room(self, pair: int, ids: list[str]) -> str:
        async with self._gate:
            speaker, listener = self._tokens[2 * pair : 2 * pair + 2]
            body = {
                "preset": "trusted_private_chat",
                "is_direct": True,
                "invite": [ids[2 * pair + 1]],
            }
            room: str = (await self._ask("POST", "/createRoom", speaker, body))["room_id"]
            await self._ask("POST", f"/join/{room}", listener, {})
            return room

    async def _listen(self, pair: int, ready: asyncio.Event) -> None:
        token = self._tokens[2 * pair + 1]
        since = (await self._ask("GET", "/sync", token, timeout=0, filter=FILTER))["next_batch"]
        ready.set()
        while True:
            found = await self._ask(
                "GET", "/sync", token, timeout=15000, since=since, filter=FILTER
            )
            since = found["next_batch"]
            for room in found.get("rooms", {}).get("join", {}).values():
                for event in room["timeline"]["events"]:
                    content = event.get("content", {})
                    if content.get("run") == self._run and "n" in content:
                        self._meter.arrive(content["n"])

    def send(self, pair: int, number: int) -> None:
        """One message of the pair's first."""
        self._spawn(self._put(pair, number))

    async def _put(self, pair: int, number: int) -> None:
        body = {
            "msgtype": "m.text", "body": self._texts[number % len(self._texts)], "n": number, "run": self._run,
        }  # fmt: skip
        path = f"/rooms/{self._rooms[pair]}/send/m.room.message/{self._run}-{number}"
        try:
            await self._ask("PUT", path, self._tokens[2 * pair], body)
        except httpx.HTTPError as error:
            self._meter.refuse(str(error))

    def _spawn(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def keep(self) -> list[str]:
        """Nothing is acknowledged here that could be kept."""
        return []

    async def close(self) -> None:
        """Leave."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._http.aclose()
