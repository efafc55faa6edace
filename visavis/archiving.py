"""The commands `visavis archive …`: build a log, verify one, check what somebody kept of it."""

import asyncio
import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from visavis import archive_audit, launch
from visavis.archive import api as archive
from visavis.archive.types import Stamp
from visavis.archive_given import (
    Unusable,
    origin_in,
    read_entries,
    read_file,
    signer_in,
    source_in,
    trusted,
    write_file,
)
from visavis.kernel.settings import Settings, load
from visavis.tlog import auditing, checkpoint, evidence, note
from visavis.tlog.auditing import Audit
from visavis.tlog.checkpoint import Checkpoint
from visavis.tlog.evidence import Evidence
from visavis.tlog.faults import Level
from visavis.tlog.growing import Edge
from visavis.tlog.note import BadNote, Signer
from visavis.tlog.policy import Policy
from visavis.tlog.reading import View
from visavis.tlog.sources import Conflict, Folder, Missing, Source
from visavis.tlog.tiles import Tile, bundles_of, tiles_of
from visavis.tlog.tree import leaf_hash

app = typer.Typer(no_args_is_help=True, help="The log of record: build, verify, prove, check.")
app.command()(archive_audit.audit)

BATCH = 65_536

PolicyFile = Annotated[
    Path | None, typer.Option("--policy", help="A trust policy in place of --vkey.")
]
Home = Annotated[Path | None, typer.Option(help="Data folder of the platform.")]
Vkey = Annotated[str, typer.Option(help="The log's public key, or a file that holds it.")]
Origin = Annotated[str, typer.Option(help="Name of the log, where it is not that of its key.")]
AsJson = Annotated[bool, typer.Option("--json", help="End with one line of JSON.")]


@app.command()
def build(
    entries: Annotated[Path, typer.Option(help="Raw entries, one in base64 per line.")],
    key: Annotated[str, typer.Option(help="The signing key PRIVATE+KEY+…, or a file with it.")],
    out: Annotated[Path, typer.Option(help="Folder of the log; one that is there is continued.")],
    origin: Annotated[str, typer.Option(help="Name of the log; empty: the key's.")] = "",
) -> None:
    """Build a log of tiles, bundles and a signed checkpoint from raw entries; an empty line is an empty entry."""
    signer = signer_in(key)
    origin = origin_in(origin or signer.name, signer)
    made = build_log(read_entries(entries), signer, origin, Folder(out))
    print(f"{made.size} leaves under {base64.b64encode(made.root).decode()}")
    print(signer.verifier.vkey)


def build_log(entries: Sequence[bytes], signer: Signer, origin: str, target: Folder) -> Checkpoint:
    """Write the log of these entries; raises `Unusable` where the folder holds another one."""
    edge, opened = Edge(), dict[Tile, bytes]()
    final = {*tiles_of(len(entries)), *bundles_of(len(entries))}
    try:
        for start in range(0, len(entries), BATCH):
            files = edge.append(entries[start : start + BATCH])
            target.put([(tile.path, content) for tile, content in files if tile.full])
            opened.update((tile, content) for tile, content in files if not tile.full)
        # Partial tiles of a size that gets no checkpoint are nobody's business.
        target.put([(tile.path, content) for tile, content in opened.items() if tile in final])
        made = Checkpoint(origin, edge.size, edge.root())
        _stays_consistent(target, made, signer, entries)
        target.publish(auditing.CHECKPOINT, checkpoint.sign(made, signer).encode())
        target.tidy()
    except Conflict as error:
        raise Unusable(f"{target.place} holds another log: {error} has other bytes") from None
    except OSError as error:
        raise Unusable(f"cannot write {error.filename or target.place}: {error.strerror}") from None
    return made


def _stays_consistent(
    target: Folder, made: Checkpoint, signer: Signer, entries: Sequence[bytes]
) -> None:
    """Never sign two histories: what the folder's checkpoint commits to must be the beginning of this log."""
    try:
        before = checkpoint.parse(
            note.verified(target.read(auditing.CHECKPOINT), [signer.verifier])[0]
        )
    except Missing:
        return
    except BadNote as error:
        raise Unusable(f"{target.place} holds a checkpoint of another key: {error}") from None
    edge = Edge()
    edge.append(entries[: before.size])
    if (before.origin, before.size, before.root) != (made.origin, edge.size, edge.root()):
        raise Unusable(
            f"{target.place} holds a log of {before.size} leaves that this does not continue"
        )


@app.command()
def verify(
    folder: Annotated[Path | None, typer.Option("--dir", help="Folder of the log.")] = None,
    url: Annotated[str, typer.Option(help="Address before checkpoint and tile/.")] = "",
    vkey: Vkey = "",
    policy_file: PolicyFile = None,
    origin: Origin = "",
    old: Annotated[
        list[Path] | None, typer.Option(help="An earlier checkpoint that must be continued.")
    ] = None,
    database: Annotated[
        str, typer.Option(help="PostgreSQL of the platform, to compare its records as well.")
    ] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Verify a whole log on every level; exit status 1 and the place of the first fault when it does not hold.

    Without --dir and --url it is the log of this installation, with its database.
    """
    older = [(str(path), read_file(path)) for path in old or ()]
    settings = load(**{"home": home} if home else {})
    named = source_in(folder, url)
    audit = Audit(
        named or archive.source_of(settings),
        trusted(vkey, policy_file, settings.home, origin),
        older,
    )
    levels = audit.levels()
    if named is None or database or home:
        if database:
            settings = settings.model_copy(update={"database_url": database})
        with launch.reached_postgres(settings) as dsn:
            levels.append(asyncio.run(_compared(dsn, audit)))
    report(audit, levels, as_json)


@app.command()
def stamps(
    out: Annotated[Path, typer.Option(help="Folder to write into, which is there.")] = Path(),
    home: Home = None,
) -> None:
    """Write each timestamp as SIZE.tsr and what was stamped as SIZE.txt, for `openssl ts -verify`."""
    settings = load(**{"home": home} if home else {})
    with launch.reached_postgres(settings) as dsn:
        taken = asyncio.run(_stamps(settings, dsn))
    for one in taken:
        write_file(out / f"{one.size}.txt", one.text.encode())
        write_file(out / f"{one.size}.tsr", one.response)
    print(f"{out}: {len(taken)} timestamps")


async def _stamps(settings: Settings, dsn: str) -> list[Stamp]:
    archive.open_log(settings)
    async with launch.reached_database(dsn) as opened, opened.transaction(readonly=True) as tx:
        return await archive.stamps(tx)


async def _compared(dsn: str, audit: Audit) -> Level:
    async with launch.reached_database(dsn) as opened, opened.transaction(readonly=True) as tx:
        return await archive.database_level(tx, audit)


@app.command()
def prove(
    record: Annotated[
        str, typer.Argument(help="A record's id; with --dir or --url a leaf's index.")
    ],
    folder: Annotated[Path | None, typer.Option("--dir", help="Folder of a log.")] = None,
    url: Annotated[str, typer.Option(help="Address of a log.")] = "",
    vkey: Vkey = "",
    origin: Origin = "",
    out: Annotated[Path | None, typer.Option(help="File to write; else RECORD.tlog-proof.")] = None,
    home: Home = None,
) -> None:
    """Write the proof of one record, which anybody can check offline, as a .tlog-proof file."""
    target = out or Path(f"{record}.tlog-proof")
    if source := source_in(folder, url):
        proof = _proved(source, record, trusted(vkey, None, None, origin))
    else:
        wanted, settings = _record_id(record), load(**{"home": home} if home else {})
        with launch.reached_postgres(settings) as dsn:
            proof = asyncio.run(_record_proof(settings, dsn, wanted))
    write_file(target, proof.text.encode())
    print(f"{target}: leaf {proof.index}")


def _proved(source: Source, index: str, whom: Policy) -> Evidence:
    try:
        signed = source.read(auditing.CHECKPOINT)
        found = whom.opened(signed)
        view, leaf = View(source, found.size, found.root), int(index)
        entry = view.entry(leaf)
        return Evidence(leaf, tuple(view.inclusion(leaf, leaf_hash(entry))), signed, entry)
    except (Missing, BadNote, ValueError) as error:
        raise Unusable(f"cannot prove leaf {index}: {error}") from None


def _record_id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Unusable(f"{text} is not a record's id") from None


async def _record_proof(settings: Settings, dsn: str, record_id: UUID) -> Evidence:
    archive.open_log(settings)
    async with launch.reached_database(dsn) as opened, opened.transaction(readonly=True) as tx:
        return await archive.evidence(tx, record_id)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A .tlog-proof file.")],
    vkey: Vkey = "",
    policy_file: PolicyFile = None,
    origin: Origin = "",
    entry: Annotated[
        Path | None, typer.Option(help="The record's bytes, where the file does not hold them.")
    ] = None,
    home: Home = None,
) -> None:
    """Check a proof offline; exit status 1 and the reason when it does not hold."""
    named = bool(vkey or policy_file)
    whom = trusted(vkey, policy_file, None if named else home or load().home, origin)
    try:
        kept = evidence.read(read_file(file))
        found = evidence.check(kept, whom, read_file(entry) if entry else None)
    except BadNote as error:
        print(f"{file}: does NOT hold: {error}")
        raise SystemExit(1) from None
    print(f"{file}: holds: leaf {kept.index} of {found.origin}, {found.size} leaves")


def report(audit: Audit, levels: Sequence[Level], as_json: bool) -> None:
    """Print what the levels found; leaves with status 1 when one has a fault."""
    for level in levels:
        if level.fault:
            print(f"{level.name:<9} FAULT    {level.fault}")
        else:
            print(f"{level.name:<9} ok       {level.checked} checked")
    fault = next((level.fault for level in levels if level.fault), None)
    if as_json:
        print(
            json.dumps(
                {
                    "ok": fault is None,
                    "origin": audit.checkpoint.origin if audit.checkpoint else None,
                    "size": audit.checkpoint.size if audit.checkpoint else None,
                    "levels": [level_out(level) for level in levels],
                    "first_fault": str(fault) if fault else None,
                },
                ensure_ascii=False,
            )
        )
    raise SystemExit(1 if fault else 0)


def level_out(level: Level) -> dict[str, object]:
    """A level as JSON."""
    fault = level.fault
    return {
        "name": level.name,
        "ok": fault is None,
        "checked": level.checked,
        "place": fault.place if fault else None,
        "leaf": fault.leaf if fault else None,
        "what": fault.what if fault else None,
    }
