"""A client's receipt over the wire: only of what the client may read, and only once it is in the log."""

from tests.conversations.talk import begin
from tests.custody.firm import sequence
from tests.world import World
from visavis.archive import api as archive
from visavis.kernel.auth import SYSTEM_ID
from visavis.tlog import evidence
from visavis.tlog.note import verifier_of
from visavis.tlog.policy import of_log


async def test_a_receipt_is_the_clients_own(world: World) -> None:
    talk, other = await begin(world), await begin(world)
    entry = await talk.say(talk.him, "您好，已为您登记")
    url = f"/api/client/entries/{entry.id}/receipt"
    early = await talk.client.http.get(url)
    assert (early.status_code, early.json()["error"]) == (409, "record_not_logged")
    await sequence(world)
    kept = (await talk.client.http.get(url)).json()
    assert (kept["format"], kept["text"]) == ("visavis-receipt-v1", "您好，已为您登记")
    proof = evidence.read(kept["proof"].encode())
    evidence.check(proof, of_log(verifier_of(kept["vkey"])))
    assert (await other.client.http.get(url)).status_code == 404
    assert (await (await world.sign_in(talk.advisor)).get(url)).status_code == 404
    system = next(one for one in await talk.stream() if one.kind.value == "system")
    again = f"/api/client/entries/{system.id}/receipt"
    assert (await talk.client.http.get(again)).status_code == 404
    page = await world.http().get("/receipt?lang=en")
    assert "Check a receipt" in page.text
    assert kept["vkey"] in page.text
    assert "script-src 'sha256-" in page.headers["content-security-policy"]
    async with world.tx() as tx:
        await archive.destroy_keys(tx, talk.client.id)
    assert (await talk.client.http.get(url)).status_code == 404
    # Whoever's keys are gone can have no record of his own: the platform's chain has it.
    async with world.tx() as tx:
        [last] = [one for one in await archive.chain(tx, SYSTEM_ID) if one.kind == "denied"]
    assert last.body is not None
    assert last.body["objects"] == {"entry": str(entry.id)}
