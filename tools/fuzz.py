"""`make fuzz`: invented calls by every role and malformed frames against a real server; none may end in its fault.

A temporary demo is started; schemathesis makes calls from its OpenAPI document, each by another caller, half of the ids
real ones. Beside it, frames that are almost right go over sockets. The last line is JSON; the exit code is 0 when there
was no 5xx, no line of the server's own about something unexpected, and no socket that it broke off.
"""

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from visavis import stage  # noqa: E402 - found by the path above
from visavis.rehearsal.cast import Broker, enrol  # noqa: E402
from visavis.sdk.errors import WireError  # noqa: E402
from visavis.sdk.http import Http  # noqa: E402

ROLES = (
    "advisor", "client_manager", "broker_agent", "partner_staff", "supervisor", "examiner", "operator", "editor",
    "administrator",
)  # fmt: skip
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# A caller who signs himself out, or a platform that is told to stop people, would end the test and not the product.
LEFT_OUT = ("/api/sign-out", "/api/staff/{staff_id}/lock", "/api/staff/{staff_id}/leave")
MOST_IDS = 400
# A quick run is over after a minute, its preparations counted, but always calls for half of one.
QUICK_S, LEAST_S, LONG_S = 60, 30, 900
# Whoever sees the most: the lists of the others hold nothing that is not in theirs.
SEEING = ("client", "advisor", "supervisor", "administrator", "operator")
UNEXPECTED = re.compile(r"Traceback|never retrieved|never awaited|\[(error|critical) ")
# A line that ends for these reasons was ended by rule: too large, not UTF-8, too fast, silent (docs/protocol.md).
LAWFUL = frozenset({1000, 1002, 1003, 1007, 1009, 4008, 4401, 4408, 4429})
FRAMES_PER_S = 60


def main() -> int:
    """Run, and print what came of it; the exit code says whether all is well."""
    parser = argparse.ArgumentParser(description=__doc__)
    quick = os.environ.get("QUICK", "") not in ("", "0")
    parser.add_argument("--seconds", type=int, default=None if quick else LONG_S)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="visavis-fuzz-") as made:
        folder = Path(made)
        with (folder / "server.log").open("wb") as log, stage.temporary(log) as platform:
            told = asyncio.run(_fuzz(platform, folder, options, began, thorough=not quick))
        lines = (folder / "server.log").read_text(errors="replace").splitlines()
    told["unexpected"] = _unexpected(lines)
    told |= {"seed": options.seed, "seconds": round(time.monotonic() - began)}
    print(json.dumps(told, ensure_ascii=False), flush=True)
    well = told["calls"] and told["frames"]
    return 0 if well and not (told["server_errors"] or told["unexpected"] or told["broken"]) else 1


def _unexpected(lines: Sequence[str]) -> int:
    found = [one for one in lines if UNEXPECTED.search(one)]
    for one in found[:20]:
        print(f"server: {one[:300]}", file=sys.stderr)
    return len(found)


async def _fuzz(
    platform: stage.Platform,
    folder: Path,
    options: argparse.Namespace,
    began: float,
    *,
    thorough: bool,
) -> dict[str, Any]:
    callers = await _callers(platform)
    ids = await _ids(platform.url, [callers[role] for role in SEEING])
    if options.seconds is None:
        options.seconds = max(LEAST_S, round(QUICK_S - (time.monotonic() - began)))
    plan, result = folder / "plan.json", folder / "result.json"
    plan.write_text(json.dumps({"callers": callers, "ids": ids, "seed": options.seed}))
    command = _schemathesis(platform.url, options, thorough=thorough)
    env = os.environ | {
        "SCHEMATHESIS_HOOKS": "tools.fuzz_hooks", "PYTHONPATH": str(ROOT), "NO_PROXY": "*",
        "VISAVIS_FUZZ_PLAN": str(plan), "VISAVIS_FUZZ_RESULT": str(result),
    }  # fmt: skip
    with (folder / "schemathesis.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=folder, env=env, stdout=log, stderr=subprocess.STDOUT
        )
        frames, broken = await _frames(platform.url, callers, ids, options, process)
    if not result.exists():
        print((folder / "schemathesis.log").read_text()[-3000:], file=sys.stderr)
        raise SystemExit("schemathesis did not run")
    told = json.loads(result.read_text())
    for name, one in told["faults"].items():
        print(f"{name}\n  {one['call']}\n  {one['answer']}", file=sys.stderr)
    statuses = told["statuses"]
    return {
        "roles": len(told["callers"]), "operations": len(told["operations"]), "calls": sum(statuses.values()),
        "statuses": dict(sorted(statuses.items())), "frames": frames, "broken": broken,
        "server_errors": sum(count for status, count in statuses.items() if status >= "500"),
    }  # fmt: skip


def _schemathesis(url: str, options: argparse.Namespace, *, thorough: bool) -> list[str]:
    phases = "examples,coverage,fuzzing,stateful" if thorough else "fuzzing"
    left_out = [part for path in LEFT_OUT for part in ("--exclude-path", path)]
    return [
        str(Path(sys.executable).with_name("schemathesis")), "run", f"{url}/api/openapi.json",
        "--checks", "not_a_server_error", "--phases", phases, "--max-time", str(options.seconds),
        "--max-examples", "100" if thorough else "8", "--seed", str(options.seed), "--header", "X-Visavis: 1",
        "--continue-on-failure", "--no-shrink", "--suppress-health-check", "all", "--warnings", "off",
        "--request-timeout", "30", *left_out,
    ]  # fmt: skip


async def _callers(platform: stage.Platform) -> dict[str, str]:
    """A bearer for one caller of every role, besides a client, a visitor and nobody."""
    boss = Http(platform.url)
    account = platform.account("administrator")
    await boss.sign_in(account["login"], account["password"])
    found = {"nobody": ""}
    branch = (await boss.get("/api/branches"))["items"][0]["id"]
    mark = random.SystemRandom().randrange(10**6)
    for role in ROLES:
        one = await boss.post(
            "/api/staff",
            {
                "login": f"fuzz{mark}{role}", "name": f"测试{role}", "roles": [role], "branch": branch,
                "environment": "simulated",
            },
        )  # fmt: skip
        invited = await boss.post(f"/api/staff/{one['id']}/invite")
        found[role] = _bearer(await enrol(platform.url, invited["url"].rpartition("=")[2]))
    broker = Broker(f"fuzz{mark}")
    await broker.introduce(boss)
    client, visitor = Http(platform.url), Http(platform.url)
    await client.embed(broker.token(1, int(time.time())))
    await visitor.visit()
    return found | {"client": _bearer(client), "visitor": _bearer(visitor)}


def _bearer(http: Http) -> str:
    """The session's token, which sign-in sets as a cookie and a client's boot as a bearer."""
    inner = vars(http)["_client"]
    header: str = inner.headers.get("authorization", "")
    cookies = [one.value or "" for one in inner.cookies.jar if "session" in one.name]
    return header.removeprefix("Bearer ") or cookies[0]


async def _ids(url: str, bearers: Sequence[str]) -> list[str]:
    """Ids that exist: whatever the lists of these callers name."""
    found: set[str] = set()
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=30) as http:
        every = (await http.get("/api/openapi.json")).json()["paths"].items()
        paths = [path for path, methods in every if "get" in methods and "{" not in path]
        for bearer in bearers:
            for path in paths:
                headers = {"Authorization": f"Bearer {bearer}"}
                answer = await http.get(path, headers=headers)
                found |= set(sorted(set(ID.findall(answer.text)))[:40])
    return sorted(found)[:MOST_IDS]


# -- frames --------------------------------------------------------------------------------------------------------

KINDS = (
    "hello",
    "ping",
    "send",
    "edit",
    "recall",
    "delivered",
    "read",
    "typing",
    "pull",
    "presence",
    "x",
)
VALUES: Sequence[Any] = (
    None, True, 0, -1, 2**63, 1e308, "", "x" * 5000, "\u0000", "\ud800", [], {}, [[[]]], {"text": None},
    {"text": "您好"}, {"text": "x", "attachments": [{}]}, {"cards": [None]}, {"cards": [{"kind": "product"}]},
)  # fmt: skip
NAMES = (
    "client_key", "conversation", "body", "stream", "entry", "no", "after", "limit", "protocol", "streams", "device",
    "status", "capacity",
)  # fmt: skip


def frame(dice: random.Random, ids: Sequence[str]) -> str | bytes:
    """A frame that is almost right."""
    if dice.random() < 0.1:
        return dice.randbytes(dice.randrange(200))
    values = [*VALUES, *dice.sample(ids, min(3, len(ids))), "shared", "internal", "online", 1]
    made: dict[str, Any] = {"t": dice.choice(KINDS)}
    for name in dice.sample(NAMES, dice.randrange(len(NAMES))):
        made[name] = dice.choice(ids) if dice.random() < 0.4 else dice.choice(values)
    if made["t"] == "hello":
        made["streams"] = [{"conversation": dice.choice(ids), "shared": dice.choice(values)}]
    text = json.dumps(made)
    cut = dice.randrange(len(text)) if dice.random() < 0.05 else len(text)
    return text[:cut]


async def _frames(
    url: str, callers: Mapping[str, str], ids: Sequence[str], options: argparse.Namespace,
    process: asyncio.subprocess.Process,
) -> tuple[int, int]:  # fmt: skip
    """Frames by every caller for as long as `process` runs; how many were sent, and how many sockets broke off."""
    dice = random.Random(options.seed)  # noqa: S311 - the same frames for the same seed
    frames = broken = 0
    signed = [bearer for bearer in callers.values() if bearer]
    while process.returncode is None:
        bearer = dice.choice(signed)
        try:
            async with Http(url) as http:
                http.use_bearer(bearer)
                ticket = (await http.post("/api/socket-ticket"))["ticket"]
        except WireError:
            await asyncio.sleep(1)
            continue
        sent, code = await _line(f"{url.replace('http', 'ws', 1)}/ws?ticket={ticket}", dice, ids)
        frames += sent
        if code not in LAWFUL:
            broken += 1
            print(f"a socket broke off with {code} after {sent} frames", file=sys.stderr)
    return frames, broken


async def _line(address: str, dice: random.Random, ids: Sequence[str]) -> tuple[int, int]:
    """Some frames on one socket; how many were sent and the code it ended with."""
    sent = 0
    try:
        async with connect(address, proxy=None, ping_interval=None) as line:
            if dice.random() < 0.9:
                await line.send('{"t":"hello","protocol":1}')
            for _ in range(dice.randrange(1, 120)):
                await line.send(frame(dice, ids))
                sent += 1
                await asyncio.sleep(1 / FRAMES_PER_S)
            # Whatever came before, the server still answers.
            await line.send('{"t":"ping"}')
            async with asyncio.timeout(20):
                while True:
                    told = json.loads(await line.recv())
                    if told["t"] in ("pong", "error"):
                        return sent, 1000
    except ConnectionClosed as closed:
        return sent, closed.rcvd.code if closed.rcvd else 1006
    except TimeoutError:
        return sent, 0


if __name__ == "__main__":
    sys.exit(main())
