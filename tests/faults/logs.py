"""Whether the log of an installation is whole, as somebody outside would ask; shared by the rows that hurt it."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import asyncpg

from tests.faults.stand import until
from tests.tlog import auditor
from visavis import archiving
from visavis.archive import log
from visavis.tlog.auditing import Audit
from visavis.tlog.policy import Policy, of_log
from visavis.tlog.sources import Folder
from visavis.tlog.tiles import ENTRIES, parse_path, unpack

WAITS = """
SELECT (SELECT count(*) FROM record) > (SELECT count(*) FROM log_place)
    OR EXISTS (SELECT 1 FROM log_batch WHERE checkpoint IS NULL)
"""
STANDING = """
SELECT format('%s records, %s with a place, %s under a checkpoint, halted: %s, the oldest transaction is %s old',
    (SELECT count(*) FROM record), (SELECT count(*) FROM log_place),
    (SELECT coalesce(max(size), 0) FROM log_batch WHERE checkpoint IS NOT NULL),
    coalesce((SELECT reason || ' ' || place FROM log_halt), 'no'),
    (SELECT max(now() - xact_start) FROM pg_stat_activity WHERE pid <> pg_backend_pid()))
"""
PUBLISHED = "SELECT coalesce(max(size), 0) FROM log_batch WHERE checkpoint IS NOT NULL"
LEAVES = "SELECT envelope FROM log_place JOIN record USING (record_id) WHERE leaf_index < $1 ORDER BY leaf_index"


async def asked(dsn: str, sql: str, *given: object) -> Any:
    """One value of the database."""
    connection = await asyncpg.connect(dsn)
    try:
        return await connection.fetchval(sql, *given)
    finally:
        await connection.close()


async def caught_up(dsn: str, within_s: float = 60) -> float:
    """The seconds until every record that there is now has its place under a checkpoint."""
    records = await asked(dsn, "SELECT count(*) FROM record")

    async def logged() -> bool:
        return int(await asked(dsn, PUBLISHED)) >= int(records)

    try:
        return await until(logged, within_s, "every record to be in the log")
    except TimeoutError as late:
        raise TimeoutError(f"{late}; {await asked(dsn, STANDING)}") from None


async def halted(dsn: str, within_s: float = 60) -> str:
    """The reason why the log is halted, once it is."""
    await until(lambda: _is_halted(dsn), within_s, "the log to halt")
    return str(await asked(dsn, "SELECT reason || ': ' || place FROM log_halt"))


async def _is_halted(dsn: str) -> bool:
    return bool(await asked(dsn, "SELECT EXISTS (SELECT 1 FROM log_halt)"))


def vkey_of(home: Path) -> str:
    """The public key of an installation's log."""
    return log.signer_of_folder(home, "").verifier.vkey


def policy_of(home: Path) -> Policy:
    """Trust in the installation's own key alone."""
    return of_log(log.signer_of_folder(home, "").verifier)


def size_of(home: Path) -> int:
    """How many leaves the published checkpoint commits to."""
    found = Audit(Folder(home / log.FOLDER), policy_of(home)).checkpoint
    return found.size if found else 0


def faults_of(home: Path) -> list[str]:
    """What our auditor and, where it can be built, a stranger's find wrong with the files."""
    place = home / log.FOLDER
    audit = Audit(Folder(place), policy_of(home))
    found = [f"{level.name}: {level.fault}" for level in audit.levels() if level.fault]
    if auditor.program():
        held, said = auditor.verdict(place, vkey_of(home))
        if not held:
            found.append(f"the auditor's own program: {said[-200:]}")
    return found


async def unlike_uninterrupted(home: Path, dsn: str) -> list[str]:
    """The files that differ from those of a log built at one go from the same records; none may."""
    signer, place = log.signer_of_folder(home, ""), home / log.FOLDER
    # The log goes on: a file that is there now may be under a checkpoint only a little later.
    names = _names(place)
    await caught_up(dsn)
    connection = await asyncpg.connect(dsn)
    rows = await connection.fetch(LEAVES, size_of(home))
    await connection.close()
    entries = [bytes(row["envelope"]) for row in rows]
    with tempfile.TemporaryDirectory(prefix="visavis-log-") as name:
        whole = Folder(Path(name))
        await asyncio.to_thread(archiving.build_log, entries, signer, signer.name, whole)
        return [one for one in names if not _same(one, place, whole)]


def _names(place: Path) -> list[str]:
    found = (path.relative_to(place) for path in place.rglob("*") if path.is_file())
    return sorted(str(one) for one in found if one.parts[0] == "tile")


def _same(name: str, place: Path, whole: Folder) -> bool:
    """Whether a file is the other log's, or for an older, partial one the beginning of it."""
    tile = parse_path(name)
    stem = name.partition(".p")[0]
    try:
        content = (place / name).read_bytes()
    except FileNotFoundError:
        # The log goes on: a partial file is dropped once the full one is there.
        return not tile.full and (place / stem).exists()
    newer = [one for one in _names(whole.place) if one.partition(".p")[0] == stem]
    if not newer:
        return False
    other = whole.read(newer[-1])
    if tile.level == ENTRIES:
        width = parse_path(newer[-1]).width
        return list(unpack(content, tile.width)) == list(unpack(other, width))[: tile.width]
    return other[: len(content)] == content and len(content) == 32 * tile.width
