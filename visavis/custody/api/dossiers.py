"""The dossier: everything on record about a client, one product and a period, as paper and as proofs, in one call."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import NotLogged, Stored
from visavis.custody import exporting
from visavis.custody.api import filing, looking
from visavis.custody.rules import finding, formats, grants, paper, wording
from visavis.custody.store import finding as store
from visavis.custody.types import Bundle, DossierAsk, Query, Scope, TooMuch
from visavis.identity import api as identity
from visavis.identity.types import Person, PersonKind
from visavis.kernel import clock
from visavis.kernel.auth import Actor
from visavis.kernel.db import Tx
from visavis.kernel.errors import NotFound

MOST = 5000
# These belong to every product: who may speak, what was noticed, what the client is.
ALWAYS = ("connection.", "notice", "assessment", "investor_category", "suitability.")


async def dossier(tx: Tx, actor: Actor, ask: DossierAsk, purpose: str) -> Bundle:
    """A ZIP: `dossier.pdf` to read, `records.jsonl` to work with, `proofs/` to check without us, a manifest of digests.

    Raises as `scope_of`, `BeyondGrant`, `ServesClient`, `NotFound` for an unknown client, `TooMuch` above
    5,000 records.
    """
    within = await looking.scope_of(tx, actor, purpose)
    query = grants.narrowed(
        Query(client_id=ask.client_id, from_us=ask.from_us, until_us=ask.until_us), within
    )
    client = (await identity.people(tx, [ask.client_id])).get(ask.client_id)
    if (
        client is None
        or client.kind is PersonKind.STAFF
        or client.environment != within.environment
    ):
        raise NotFound
    while await filing.file_records(tx):
        pass
    if (
        await store.total(tx, query, within.environment.value, {ask.client_id}, within.served)
        > MOST
    ):
        raise TooMuch(most=MOST)
    found = await _records(tx, query, within, ask.product)
    await looking.on_record(tx, actor, within, "dossier", ask.client_id, ask.client_id, ask.product)
    return await _bundled(tx, ask, client, within, found)


async def _records(tx: Tx, query: Query, within: Scope, product: str) -> list[Stored]:
    found: list[Stored] = []
    after = None
    world = within.environment.value
    assert query.client_id is not None
    bounds = {query.client_id}, within.served
    while page := await exporting.records(tx, query, world, *bounds, after):
        found += [
            one
            for one in page
            if _about(one, product) and not finding.withheld(one, within.viewer, within.served)
        ]
        after = page[-1].at_us, page[-1].record_id
    return found


def _about(one: Stored, product: str) -> bool:
    if not product.strip() or one.kind.startswith(ALWAYS):
        return True
    text = json.dumps([one.clear, finding.shown(one.kind, one.body)], ensure_ascii=False)
    return product.strip().casefold() in text.casefold()


async def _bundled(
    tx: Tx, ask: DossierAsk, client: Person, within: Scope, found: Sequence[Stored]
) -> Bundle:
    out, digests, places = io.BytesIO(), dict[str, str](), dict[UUID, int]()
    with zipfile.ZipFile(out, "w") as into:
        for one in found:
            try:
                proof = await archive.evidence(tx, one.record_id)
            except NotLogged:
                continue
            name = f"proofs/{one.record_id}.tlog-proof"
            digests[name] = formats.add(into, name, proof.text.encode())
            places[one.record_id] = proof.index
        lines = _lines(ask, client, within, found, places)
        files = {
            "dossier.pdf": paper.pages(lines, within.watermark or within.purpose),
            "records.jsonl": formats.jsonl(found, within.watermark),
            "vkey.txt": f"{archive.vkey()}\n".encode(),
        }
        signed = archive.checkpoint()
        if signed is not None:
            files["checkpoint.txt"] = signed
        digests |= {name: formats.add(into, name, content) for name, content in files.items()}
        formats.add(
            into,
            "manifest.json",
            formats.manifest(
                client=str(ask.client_id), product=ask.product, from_us=str(ask.from_us),
                until_us=str(ask.until_us), purpose=within.purpose, records=len(found), proofs=len(places),
                sha256=digests, watermark=within.watermark,
                check="visavis archive check proofs/RECORD.tlog-proof --vkey vkey.txt",
            ),
        )  # fmt: skip
    name = f"dossier-{client.external_ref or client.id}.zip"
    return Bundle(name, out.getvalue(), len(found), len(places))


def _lines(
    ask: DossierAsk, client: Person, within: Scope, found: Sequence[Stored], places: dict[UUID, int]
) -> list[str]:
    words = exporting.words(ask.language)
    last = min(ask.until_us, clock.now_us())
    kinds = Counter(wording.kind_of(one, words) for one in found)
    lines = [
        words["dossier_title"],
        f"{words['dossier_client']}: {client.called(ask.language)} {client.external_ref or ''} {client.id}",
        f"{words['dossier_product']}: {ask.product or words['dossier_all']}",
        f"{words['dossier_period']}: {_at(ask.from_us)} - {_at(last)}",
        f"{words['dossier_purpose']}: {within.purpose}",
        f"{words['dossier_records']}: {len(found)}; {words['dossier_proofs']}: {len(places)}",
        "; ".join(f"{kind} {count}" for kind, count in sorted(kinds.items())),
        f"{words['dossier_log']}: {archive.vkey()}",
        "",
    ]
    for one in found:
        leaf = places.get(one.record_id)
        place = words["dossier_leaf"].format(leaf=leaf) if leaf is not None else ""
        lines.append(f"{_at(one.at_us)}  {wording.kind_of(one, words)}  {one.record_id}  {place}")
        text = words["dossier_destroyed"] if one.body is None else wording.text(one, [words])
        lines += [f"    {line}" for line in text.splitlines()]
    return lines


def _at(us: int) -> str:
    return clock.from_us(us).strftime("%Y-%m-%d %H:%M:%S UTC")
