"""A client's receipt over the wire: only of what the client may read, and only once it is in the log."""

from tests.conversations.talk import begin
from tests.custody.firm import sequence
from tests.identity.rights_stage import picture
from tests.world import World
from visavis.archive import api as archive
from visavis.conversations.types import Kind
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


async def test_a_receipt_names_all_that_a_message_carries(world: World) -> None:
    """Files and cards beside the words, files alone, and an edit: `/receipt` reads the same out of the record."""
    talk = await begin(world)
    said = await talk.say(talk.her, "周二赎回")
    edit = await talk.say(talk.her, "周三赎回", kind=Kind.EDIT, of_id=said.id)
    url = f"/api/conversations/{talk.id}/attachments"
    file = {"file": ("回单.png", picture(), "image/png")}
    kept = (await talk.client.http.post(url, files=file)).json()["id"]
    files = {"attachments": [{"id": kept}]}
    page = {"kind": "page", "url": "https://example.test/a", "title": "短债", "excerpt": "90 天"}
    bare = await talk.say(talk.her, body=files)
    both = await talk.say(talk.her, body=files | {"text": "请看", "cards": [page]})
    await sequence(world)
    for entry, told in (
        (said, "周二赎回"), (edit, "周三赎回"), (bare, "回单.png"), (both, "请看 短债 90 天 回单.png"),
    ):  # fmt: skip
        answer = await talk.client.http.get(f"/api/client/entries/{entry.id}/receipt")
        assert answer.json()["text"] == told
