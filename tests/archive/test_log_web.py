"""The log on the wire: what the platform does becomes leaves, served to anybody with the headers of tlog-tiles."""

import pytest

from tests.tlog import auditor
from tests.world import World
from visavis.archive import log
from visavis.archive.sequencer import Sequencer
from visavis.tlog import checkpoint, note
from visavis.tlog.auditing import Audit
from visavis.tlog.policy import of_log


async def test_what_is_done_becomes_leaves_that_anybody_can_check(world: World) -> None:
    supervisor, operator = await world.supervisor(), await world.operator()
    await world.advisor()
    anybody, reader = world.http(), await world.sign_in(supervisor)
    assert (await anybody.get("/log/checkpoint")).status_code == 404
    sequencer = Sequencer(world.database, log.current())
    while await sequencer.step():
        pass
    auditor.agrees(log.current())
    vkey = note.verifier_of((await anybody.get("/log/vkey")).text.strip())
    answer = await anybody.get("/log/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=1"
    found = checkpoint.opened(answer.content, vkey)
    async with world.tx() as tx:
        assert found.size == await tx.fetchval("SELECT count(*) FROM record")
    assert [one.fault for one in Audit(log.current().target, of_log(vkey)).levels()] == [None] * 3

    tile = f"/log/tile/0/000.p/{found.size}"
    answer = await anybody.get(tile)
    assert len(answer.content) == 32 * found.size
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["access-control-allow-origin"] == "*"
    for path in ("/log/checkpoint", "/log/vkey", tile):
        whole, head = await anybody.get(path), await anybody.head(path)
        assert head.status_code == 200
        for name in ("content-type", "content-length", "cache-control"):
            assert head.headers[name] == whole.headers[name]
    for path in ("0/000.p/999", "00/000", "0/../../keys/log.key", "entries/000", "0/000.p/"):
        assert (await anybody.get(f"/log/tile/{path}")).status_code in (401, 404)
    bundle = f"/log/tile/entries/000.p/{found.size}"
    assert (await anybody.get(bundle)).status_code == 401
    assert (await (await world.sign_in(operator)).get(bundle)).status_code == 403
    answer = await reader.get(bundle)
    assert answer.status_code == 200
    assert answer.headers["cache-control"].startswith("private")
    for path in ("000.p/999", "0", "x000/000"):
        assert (await reader.get(f"/log/tile/entries/{path}")).status_code == 404


async def test_entries_are_for_everybody_where_the_setting_says_so(world: World) -> None:
    await world.advisor()
    await Sequencer(world.database, log.current()).step()
    async with world.tx() as tx:
        size = await tx.fetchval("SELECT max(size) FROM log_batch")
    world.app.state.settings = world.settings.model_copy(update={"archive_entries": "all"})
    answer = await world.http().get(f"/log/tile/entries/000.p/{size}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("policy", ["nonsense", "quorum none\nquorum none"])
def test_a_policy_that_cannot_be_followed_stops_the_start(world: World, policy: str) -> None:
    path = world.settings.home / "policy"
    path.write_text(policy)
    with pytest.raises(Exception, match="VISAVIS_ARCHIVE_POLICY"):
        log.of_settings(world.settings.model_copy(update={"archive_policy": path}))


async def test_coming_going_and_being_on_duty_are_on_record(world: World) -> None:
    advisor = await world.advisor()
    browser = await world.sign_in(advisor)
    for _ in range(2):  # the same again is no news
        assert (await browser.put("/api/presence", json={"status": "online"})).status_code == 200
    assert (await browser.post("/api/sign-out")).status_code == 204
    async with world.tx() as tx:
        rows = await tx.fetch(
            "SELECT kind FROM record WHERE object_id = $1 AND kind IN ('presence', 'sign_out')"
            " ORDER BY record_id",
            advisor.id,
        )
    assert [row["kind"] for row in rows] == ["presence", "sign_out"]
