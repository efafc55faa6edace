"""Files in conversations: taken in, kept twice (a harmless copy to serve, the original sealed), and read back."""

import asyncio
import base64
import errno
import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from visavis.archive import api as archive
from visavis.archive.types import Fact
from visavis.connections import api as connections
from visavis.connections.types import Ask
from visavis.conversations import files, judging, rules
from visavis.conversations.api import reading
from visavis.conversations.files import Served
from visavis.conversations.store import files as store
from visavis.conversations.store import threads
from visavis.conversations.terms import limits
from visavis.conversations.types import Attachment, Conversation, Draft, Kept, Kind, Stream
from visavis.kernel import clock
from visavis.kernel.auth import Actor, Role
from visavis.kernel.db import Tx
from visavis.kernel.errors import DiskFull, NotFound, TooMany, Unavailable
from visavis.kernel.ids import new_id

log = structlog.get_logger(__name__)

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
# The key is used for one file alone.
NONCE = bytes(12)
HOUR = timedelta(hours=1)


async def may_attach(tx: Tx, actor: Actor, conversation_id: UUID) -> Conversation:
    """The conversation, if the actor may send something in it now; raises what a message would meet, `TooMany`."""
    await _check_pace(tx, actor)
    one = (await threads.conversations(tx, [conversation_id])).get(conversation_id)
    draft = Draft(actor, conversation_id, Stream.SHARED, Kind.MESSAGE, {})
    refusal = rules.place(draft, one)
    if refusal is not None or one is None:
        raise refusal or NotFound()
    noticed = await threads.noticed_at(tx, one.client_id, limits().notice_version)
    rules.check_time(draft, one, noticed is not None)
    refusal = (await connections.may_speak(tx, [Ask(actor, one.client_id, one.id)]))[0]
    if refusal is not None:
        raise refusal
    return one


async def _check_pace(tx: Tx, actor: Actor) -> None:
    """Raise `TooMany` for a client who has uploaded as many files in this hour as one may."""
    if not actor.has(Role.CLIENT, Role.VISITOR):
        return
    done = await store.uploaded_since(tx, actor.person_id, clock.now() - HOUR)
    if done >= limits().files_per_hour:
        raise TooMany(retry_after=int(HOUR.total_seconds()))


async def examine(actor: Actor, data: bytes) -> Served:
    """A harmless copy of an upload, made in a thread of its own; raises `UnfitFile` or `FileTooLarge`.

    A file of staff is read as well, as far as machines can: codes, the words of pages,
    and with a reader those of pictures.
    """
    known = limits()
    served = await asyncio.to_thread(
        files.examine,
        data,
        most_bytes=known.file_bytes,
        most_pixels=known.image_pixels,
        most_pages=known.pdf_pages,
    )
    if not actor.is_staff:
        return served
    return await asyncio.to_thread(files.read, served, known.picture_reader)


async def attach(
    tx: Tx, actor: Actor, conversation_id: UUID, name: str, data: bytes, served: Served
) -> Attachment:
    """Keep an examined upload for a message to come; its original is sealed, the key is in the record."""
    one = await may_attach(tx, actor, conversation_id)
    stored = await store_away(actor, name, data, served)
    says = await judging.says(tx, actor, served.contents)
    shown = Attachment(
        stored.id, stored.name, served.type, len(served.data), served.width, served.height
    )
    read = {"says": says} if says else {}
    record = await archive.append_one(
        tx,
        Fact(
            "attachment", one.id, one.client_id, one.environment, stored.body | read, stored.clear
        ),
    )
    kept = Kept(
        stored.id, one.id, actor.person_id, None, shown.name, shown.type, shown.size, shown.width, shown.height,
        *stored.paths, stored.digest, record,
    )  # fmt: skip
    await store.insert(tx, kept, says)
    return shown


@dataclass(frozen=True)
class Stored:
    """A file on the disk, and what goes on record about it: the key sealed, the digest of the sealed file in clear."""

    id: UUID
    name: str
    paths: tuple[str, str]
    digest: bytes
    body: dict[str, Any]
    clear: dict[str, Any]


async def store_away(actor: Actor, name: str, data: bytes, served: Served) -> Stored:
    """Write the harmless copy and the sealed original of an upload."""
    file_id, key = new_id(), AESGCM.generate_key(256)
    sealed = AESGCM(key).encrypt(NONCE, data, str(file_id).encode())
    digest = hashlib.sha256(sealed).digest()
    day = f"{file_id.hex[:6]}"
    paths = f"served/{day}/{file_id}", f"originals/{day}/{file_id}"
    await asyncio.to_thread(_write, limits().folder, {paths[0]: served.data, paths[1]: sealed})
    body = {
        "name": name[:200],
        "key": base64.b64encode(key).decode(),
        "original": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "uploader": str(actor.person_id),
    }
    clear = {"file": str(file_id), "sealed": digest.hex()}
    return Stored(file_id, _name(name, served.type), paths, digest, body, clear)


async def attachment(tx: Tx, actor: Actor, attachment_id: UUID) -> tuple[Kept, Path]:
    """A file that the actor may see, and where its served copy lies; raises `NotFound`.

    A file that was not sent yet is its uploader's; one that was held, blocked or recalled stays inside the firm.
    """
    found = await store.find(tx, attachment_id)
    if found is None:
        raise NotFound
    kept, visible = found
    await reading.one_of(tx, actor, kept.conversation_id)
    mine = kept.uploader_id == actor.person_id and kept.entry_id is None
    if not (visible or mine or (actor.is_staff and kept.entry_id is not None)):
        raise NotFound
    return kept, limits().folder / kept.served_path


async def original(tx: Tx, attachment_id: UUID) -> bytes:
    """The original bytes, opened with the key on record; the caller answers for who may see evidence."""
    found = await store.find(tx, attachment_id)
    if found is None:
        raise NotFound
    record = await archive.open_record(tx, found[0].record_id)
    if record.body is None:
        raise NotFound
    path = limits().folder / found[0].original_path
    sealed = await asyncio.to_thread(path.read_bytes)
    key = base64.b64decode(record.body["key"])
    return AESGCM(key).decrypt(NONCE, sealed, str(attachment_id).encode())


def _write(folder: Path, contents: dict[str, bytes]) -> None:
    """All of them durably or none; raises `DiskFull`, or `Unavailable` where the disk fails otherwise."""
    paths = [folder / name for name in contents]
    try:
        for path, data in zip(paths, contents.values(), strict=True):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
            with open(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
    except OSError as error:
        log.error("file not kept", errno=error.errno)
        for path in paths:
            with suppress(OSError):
                path.unlink()
        raise (DiskFull if error.errno in FULL else Unavailable) from error


def _name(name: str, media_type: str) -> str:
    """A name without path and control characters, with the ending of what is served."""
    stem = re.sub(
        r"[\x00-\x1f\x7f/\\:*?\"<>|\u202a-\u202e\u2066-\u2069]", "", name.rpartition("/")[2]
    )
    stem = stem.rpartition(".")[0] or stem
    ending = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}.get(media_type, "pdf")
    return f"{stem.strip(' .')[:80] or 'file'}.{ending}"
