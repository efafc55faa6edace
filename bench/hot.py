"""What people do all day, and every SQL statement that it costs: the statements whose plans are judged.

Nobody lists them by hand: the routes are asked in this process, and whatever a transaction is given is written down.
"""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import httpx

from visavis.kernel.db import Tx

NEWEST = 2**53
Given = tuple[Any, ...]
EXPLAINED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


class Listening:
    """The statements so far with what they were given, by what was being done: `{"desk's list": {sql: (…)}}`."""

    def __init__(self) -> None:
        self.found: dict[str, dict[str, Given]] = {}
        self.doing = ""

    def heard(self, sql: str, given: Given) -> None:
        """Write a statement down once, under what was done first."""
        if self.doing and not any(sql in known for known in self.found.values()):
            self.found.setdefault(self.doing, {})[sql] = given


@asynccontextmanager
async def listening() -> AsyncIterator[Listening]:
    """Hear every statement of this process's transactions for as long as the block runs."""
    one = Listening()
    kept: dict[str, Any] = {}
    many = Tx.executemany
    for name in ("fetch", "fetchrow", "fetchval", "execute", "executemany"):
        original = kept[name] = getattr(Tx, name)

        async def spy(tx: Tx, sql: str, *args: object, original: Any = original) -> Any:
            one.heard(sql, next(iter(args[0]), ()) if original is many else args)
            return await original(tx, sql, *args)

        setattr(Tx, name, spy)
    try:
        yield one
    finally:
        for name, original in kept.items():
            setattr(Tx, name, original)


async def day(http: Mapping[str, httpx.AsyncClient], talk: str) -> dict[str, dict[str, Given]]:
    """Do what client, advisor, supervisor and operator do all day; every statement by what it was for."""
    page: dict[str, Any] = {"before": NEWEST, "limit": 50}
    said = {"stream": "shared", "body": {"text": "请问今天可以办理吗"}}
    look = {"purpose": "bench"}
    acts = (
        ("opening a conversation", "advisor", "GET", f"/api/conversations/{talk}", None),
        ("opening a conversation", "advisor", "GET", f"/api/conversations/{talk}/entries", page),
        ("catching up", "advisor", "GET", f"/api/conversations/{talk}/entries", {"after": 1}),
        ("posting", "advisor", "POST", f"/api/conversations/{talk}/entries", said),
        ("the desk's list", "advisor", "GET", "/api/conversations", {}),
        ("the desk's list", "advisor", "GET", "/api/conversations", {"state": "open"}),
        ("the desk's offers", "advisor", "GET", "/api/offers", {}),
        ("the desk's pool", "advisor", "GET", "/api/pool", {}),
        ("who am I", "advisor", "GET", "/api/me", {}),
        ("the client's home", "client", "GET", "/api/client/home", {}),
        ("the client's list", "client", "GET", "/api/conversations", {}),
        ("posting", "client", "POST", f"/api/conversations/{talk}/entries", said),
        ("the supervisor's list", "supervisor", "GET", "/api/supervision/conversations", look),
        ("the supervisor's queue", "supervisor", "GET", "/api/supervision/held", look),
        ("the live board", "operator", "GET", "/api/board", {"environment": "simulated"}),
    )
    async with listening() as heard:
        for doing, who, verb, path, more in acts:
            heard.doing = doing
            if verb == "POST":
                answer = await http[who].post(
                    path, json={**(more or {}), "client_key": str(uuid4())}
                )
            else:
                answer = await http[who].get(path, params=more)
            if answer.status_code >= httpx.codes.BAD_REQUEST:
                raise RuntimeError(f"{doing}: {answer.status_code} {answer.text[:200]}")
    return heard.found


@dataclass(frozen=True)
class Plan:
    """A statement with its plan for any parameters, and the one for those it was heard with."""

    sql: str
    generic: str
    custom: str


async def plans(
    connection: asyncpg.Connection, found: Mapping[str, Mapping[str, Given]]
) -> dict[str, Plan]:
    """The plans of each statement by name: a connection plans with the parameters first, and later without."""
    made: dict[str, Plan] = {}
    for doing, statements in found.items():
        for number, (sql, given) in enumerate(statements.items(), 1):
            if not sql.lstrip().upper().startswith(EXPLAINED):
                continue
            generic = await _generic(connection, sql)
            await connection.execute("SET plan_cache_mode = force_custom_plan")
            rows = await connection.fetch(f"EXPLAIN (COSTS OFF) {sql}", *given)
            made[f"{doing}, {number}"] = Plan(sql, generic, "\n".join(row[0] for row in rows))
    return made


async def _generic(connection: asyncpg.Connection, sql: str) -> str:
    await connection.execute("SET plan_cache_mode = force_generic_plan")
    await connection.execute(f"PREPARE asked AS {sql}")
    count = max(map(int, re.findall(r"\$(\d+)", sql)), default=0)
    given = f"({', '.join(['NULL'] * count)})" if count else ""
    rows = await connection.fetch(f"EXPLAIN (COSTS OFF) EXECUTE asked{given}")
    await connection.execute("DEALLOCATE asked")
    return "\n".join(row[0] for row in rows)


def scanned(plan: str, tables: list[str]) -> list[str]:
    """The tables among these that the plan reads from end to end."""
    read = set(re.findall(r"Seq Scan on (\w+)", plan))
    return sorted(read & set(tables))
