"""DATA-02: every route that reads, asked by everybody but compliance, says nothing of a restricted client."""

import httpx
import pytest

from tests.identity.rights_stage import Stage, set_up
from tests.identity.test_rights_matrix import TABLE, filled
from tests.world import World

SECRET = "Zebra-4711"
NAME, NUMBER = "限制某", "Z-RESTRICTED-1"
CALLERS = (
    "client",
    "client_of_lapsed",
    "advisor",
    "colleague",
    "operator",
    "editor",
    "administrator",
)
# They read of him beforehand; where they do not, the test reads nothing.
KNOWING = ("client", "advisor", "administrator")


async def told(stage: Stage, callers: tuple[str, ...]) -> set[str]:
    """The routes that tell these callers of the client: his name, number, words, or what bears his id."""
    words = (NAME, NUMBER, SECRET, stage.ids["client_id"], stage.ids["conversation"])
    asked = {
        (one.operation, stage.path(one.operation, filled(dict(one.ids), stage.ids))): one
        for one in TABLE
        if one.operation.startswith("GET ")
    }
    found = set()
    for (operation, path), one in asked.items():
        for caller in callers:
            url, request = path.removeprefix("GET "), filled(dict(one.request), stage.ids)
            answer: httpx.Response = await stage.callers[caller].get(url, **request)
            if answer.is_success and any(word in answer.text for word in words):
                found.add(f"{caller}: {operation}")
    return found


@pytest.mark.timeout(1200)
async def test_no_route_tells_anybody_but_compliance(world: World) -> None:
    stage = await set_up(world)
    client, talk = stage.ids["client_id"], stage.ids["conversation"]
    body = {"client_key": client, "stream": "shared", "body": {"text": f"编号 {SECRET}"}}
    said = await stage.callers["client"].post(f"/api/conversations/{talk}/entries", json=body)
    assert said.status_code == 200, said.text
    async with world.tx() as tx:
        await tx.execute(
            "UPDATE person SET name = $2, external_ref = $3 WHERE id = $1::uuid",
            client,
            NAME,
            NUMBER,
        )
    await world.settle()
    before = await told(stage, KNOWING)
    assert {one.split(":")[0] for one in before} == set(KNOWING), before
    assert len(before) > 10, before
    done = await stage.callers["supervisor"].post(
        f"/api/custody/clients/{client}/restrict", json={"basis": "客户依法要求删除"}
    )
    assert done.status_code == 200, done.text
    await world.settle()
    assert await told(stage, CALLERS) == set()
