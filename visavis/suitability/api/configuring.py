"""The documents of suitability: in force, proposed, decided on by another."""

import json
import pathlib
from collections.abc import Mapping
from datetime import date
from typing import Any, cast
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Fact, RetentionClass
from visavis.identity import api as identity
from visavis.kernel import clock, outbox
from visavis.kernel.auth import SYSTEM_ID, Actor, Environment
from visavis.kernel.db import Tx
from visavis.kernel.errors import Forbidden, NotFound
from visavis.suitability.rules import lint, rights
from visavis.suitability.store import decisions as store
from visavis.suitability.types import (
    Document,
    DocumentDecided,
    DocumentKind,
    Documents,
    DocumentState,
    Matrix,
    MatrixChanged,
    SameHandDocument,
    UnfitDocument,
)

FIRST = pathlib.Path(__file__).parent.parent / "documents"
# The documents are about everybody: one chain each.
CHAINS = {kind: UUID(int=(7 << 76) | (2 << 62) | n) for n, kind in enumerate(DocumentKind, 1)}
SINCE = date(2000, 1, 1)


async def in_force(tx: Tx) -> Documents:
    """The documents of today; the first versions are brought in when somebody first asks."""
    found = await store.documents_in_force(tx, identity.today())
    if len(found) < len(DocumentKind):
        await _bring_first(tx, [kind for kind in DocumentKind if kind not in found])
        found = await store.documents_in_force(tx, identity.today())
    return gathered(found)


def gathered(found: Mapping[DocumentKind, Document]) -> Documents:
    """The documents in their forms; what was decided on before is not judged again."""
    content = {kind.value: lint.read(kind, one.content) for kind, one in found.items()}
    versions = {kind.value: one.version for kind, one in found.items()}
    return Documents(**cast(dict[str, Any], content), versions=versions)


def matrix_of(one: Document) -> Matrix:
    """The matrix in a document."""
    return cast(Matrix, lint.read(DocumentKind.MATRIX, one.content))


async def documents(tx: Tx, actor: Actor) -> list[Document]:
    """All versions of all documents. Raises `Forbidden`."""
    if not rights.may_read_documents(actor):
        raise Forbidden
    await in_force(tx)
    return await store.documents(tx)


async def propose(
    tx: Tx, actor: Actor, kind: DocumentKind, content: Mapping[str, Any], effective_from: date
) -> Document:
    """Another version of a document, for a supervisor to decide on. Raises `UnfitDocument`, `Forbidden`."""
    if not rights.may_configure(actor):
        raise Forbidden
    lint.read(kind, content)
    if effective_from < identity.today():
        raise UnfitDocument(reason="effective_from lies in the past")
    await in_force(tx)
    number = (await store.documents(tx, kind))[-1].version + 1
    return await _insert(tx, actor, kind, number, content, effective_from, DocumentState.PROPOSED)


async def decide(
    tx: Tx, actor: Actor, kind: DocumentKind, number: int, approved: bool, note: str
) -> Document:
    """Approve a version or return it; never its author.

    Raises `DocumentDecided`, `SameHandDocument`, `Forbidden`, `NotFound`.
    """
    if not rights.may_approve(actor):
        raise Forbidden
    one = next((d for d in await store.documents(tx, kind) if d.version == number), None)
    if one is None:
        raise NotFound
    if one.state is not DocumentState.PROPOSED:
        raise DocumentDecided
    if one.author_id == actor.person_id:
        raise SameHandDocument
    state = DocumentState.APPROVED if approved else DocumentState.RETURNED
    record = await archive.append_one(
        tx, _fact(actor, kind, number, state, {"by": str(actor.person_id), "note": note})
    )
    await store.decide_document(tx, one, state, actor.person_id, note, record)
    await announce(tx)
    return next(d for d in await store.documents(tx, kind) if d.version == number)


async def announce(tx: Tx) -> None:
    """Tell of a matrix that has come into force; by timer and by decision."""
    turned = await store.matrix_turned(tx, identity.today())
    await outbox.publish(tx, *map(MatrixChanged, turned))


async def _bring_first(tx: Tx, kinds: list[DocumentKind]) -> None:
    platform = Actor(SYSTEM_ID, frozenset(), Environment.REAL)
    for kind in kinds:
        content = json.loads((FIRST / f"{kind.value}.json").read_text("utf-8"))
        await _insert(tx, platform, kind, 1, content, SINCE, DocumentState.APPROVED)


async def _insert(
    tx: Tx,
    actor: Actor,
    kind: DocumentKind,
    number: int,
    content: Mapping[str, Any],
    effective_from: date,
    state: DocumentState,
) -> Document:
    body = {"content": content, "by": str(actor.person_id)}
    record = await archive.append_one(tx, _fact(actor, kind, number, state, body))
    one = Document(
        kind, number, state, content, effective_from, actor.person_id, None, "", clock.now(), record
    )
    await store.insert_document(tx, one)
    return one


def _fact(
    actor: Actor, kind: DocumentKind, number: int, state: DocumentState, body: Mapping[str, Any]
) -> Fact:
    clear = {"document": kind.value, "version": number, "state": state.value}
    chain = CHAINS[kind]
    return Fact(
        "suitability.document", chain, chain, actor.environment, body, clear, RetentionClass.SUITABILITY
    )  # fmt: skip
