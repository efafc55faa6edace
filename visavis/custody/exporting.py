"""Writes an export page by page into a ZIP beside the others; its manifest names the scope and every digest."""

import hashlib
import json
import os
import zipfile
from collections.abc import Awaitable, Callable, Collection, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol
from uuid import UUID

from visavis.archive import api as archive
from visavis.archive.types import Stored
from visavis.custody.rules import finding, formats
from visavis.custody.rules.wording import Words
from visavis.custody.store import finding as store
from visavis.custody.types import Export, ExportFormat, Query
from visavis.kernel.db import Database, Tx
from visavis.kernel.languages import LANGUAGES

PAGE = 500
ENDING = {ExportFormat.JSONL: "records.jsonl", ExportFormat.CSV: "records.csv"}

_KNOWN = json.loads((Path(__file__).parent / "messages.json").read_text("utf-8"))


def words(language: str) -> Words:
    """The texts of custody's codes in a language, in English where there is none."""
    return {code: texts.get(language) or texts["en"] for code, texts in _KNOWN.items()}


ALL = tuple(map(words, LANGUAGES))

Told = Callable[[int, int], Awaitable[None]]


class Sink(Protocol):
    """Takes pages of records in order."""

    def take(self, records: Sequence[Stored]) -> None:
        """Write a page."""
        ...

    def close(self) -> dict[str, str]:
        """End; the SHA-256 of each file that was written, or of all of them together."""
        ...


class Whole:
    """JSONL or CSV: one file that grows."""

    def __init__(self, into: zipfile.ZipFile, form: ExportFormat, watermark: str) -> None:
        self._form, self._watermark, self._name = form, watermark, ENDING[form]
        entry = zipfile.ZipInfo(self._name, formats.LONG_AGO)
        entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
        self._file = into.open(entry, "w", force_zip64=True)
        self._digest = hashlib.sha256()
        if form is ExportFormat.CSV:
            self._write(formats.csv_rows((), heading=True))

    def take(self, records: Sequence[Stored]) -> None:
        """Write a page."""
        if self._form is ExportFormat.JSONL:
            self._write(formats.jsonl(records, self._watermark))
        else:
            rows = formats.csv_rows(records, self._watermark, heading=False, languages=ALL)
            self._write(rows)

    def close(self) -> dict[str, str]:
        """End the file."""
        self._file.close()
        return {self._name: self._digest.hexdigest()}

    def _write(self, content: bytes) -> None:
        self._digest.update(content)
        self._file.write(content)


class Each:
    """EML: a file per record."""

    def __init__(self, into: zipfile.ZipFile, watermark: str) -> None:
        self._into, self._watermark, self._count = into, watermark, 0
        self._digest = hashlib.sha256()

    def take(self, records: Sequence[Stored]) -> None:
        """Write a page."""
        for one in records:
            self._count += 1
            name = f"messages/{self._count:08d}-{one.record_id}.eml"
            digest = formats.add(self._into, name, formats.eml(one, self._watermark, ALL))
            self._digest.update(f"{digest}  {name}\n".encode())

    def close(self) -> dict[str, str]:
        """The digest of the lines `sha256sum messages/*` would print."""
        return {"messages/": self._digest.hexdigest()}


async def write(
    database: Database, one: Export, path: Path, watermark: str, served: Collection[UUID], told: Told
) -> str:  # fmt: skip
    """Write the export to `path`, telling how far it is; returns the file's SHA-256.

    Of the clients `served` by who asked for it there is nothing in it; its manifest names them.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = in_the_making(path)
    file = _fresh(fresh)
    try:
        await _fill(database, one, file, watermark, served, told)
        file.flush()
        os.fsync(file.fileno())
    except BaseException:
        fresh.unlink()  # half an export is nobody's, and its words are somebody's
        raise
    finally:
        file.close()
    fresh.rename(path)
    return _digest(path)


def in_the_making(path: Path) -> Path:
    """Where an export lies until it is whole; what a crash leaves there is written anew."""
    return path.with_suffix(".part")


async def _fill(
    database: Database, one: Export, file: BinaryIO, watermark: str, served: Collection[UUID], told: Told
) -> None:  # fmt: skip
    query = Query(client_id=one.client_id, from_us=one.from_us, until_us=one.until_us)
    clients = None if one.client_id is None else {one.client_id}
    async with database.transaction() as tx:
        total = await store.total(tx, query, one.environment, clients, served)
    with zipfile.ZipFile(file, "w") as into:
        sink: Sink = (
            Each(into, watermark)
            if one.format is ExportFormat.EML
            else Whole(into, one.format, watermark)
        )
        done, after = 0, None
        try:
            while True:
                async with database.transaction() as tx:
                    page = await records(tx, query, one.environment, clients, served, after)
                if not page:
                    break
                shown = [each for each in page if not finding.withheld(each, one.asked_by, served)]
                sink.take(shown)
                done, after = done + len(shown), (page[-1].at_us, page[-1].record_id)
                await told(done, max(done, total))
        finally:
            digests = sink.close()  # a file that is open keeps the ZIP from saying what went wrong
        formats.add(
            into,
            "manifest.json",
            formats.manifest(
                format=one.format.value, client=str(one.client_id) if one.client_id else None,
                environment=one.environment, from_us=str(one.from_us), until_us=str(one.until_us),
                purpose=one.purpose, records=done, sha256=digests, watermark=watermark,
                withheld_clients=sorted(map(str, served)),
            ),
        )  # fmt: skip


async def records(
    tx: Tx,
    query: Query,
    environment: str,
    clients: set[UUID] | None,
    served: Collection[UUID],
    after: tuple[int, UUID] | None,
) -> list[Stored]:
    """A page of the records in scope, but none of the clients `served`, oldest first."""
    ids = await store.page(tx, query, environment, clients, served, after, PAGE)
    return sorted(await archive.by_ids(tx, ids), key=lambda one: (one.at_us, one.record_id))


def _fresh(path: Path) -> BinaryIO:
    return open(path, "wb", opener=_privately)


def _digest(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _privately(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
