"""Whatever is changed in a log is noticed, and placed at the file that was changed.

TAMPERINGS says how many random changes are tried (by default 1,200), SEED which ones.
"""

import os
import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from visavis.tlog import checkpoint, evidence, note
from visavis.tlog.auditing import Audit
from visavis.tlog.checkpoint import Checkpoint
from visavis.tlog.evidence import Evidence
from visavis.tlog.growing import Edge
from visavis.tlog.note import ED25519, BadNote, Signer
from visavis.tlog.policy import of_log
from visavis.tlog.reading import View
from visavis.tlog.sources import Missing
from visavis.tlog.tiles import pack, parse_path, unpack
from visavis.tlog.tree import leaf_hash

COUNT = int(os.environ.get("TAMPERINGS", "1200"))
SEED = int(os.environ.get("SEED", "20261122"))
SIGNER = Signer("example.test/log", ED25519, bytes(range(32)))
STRANGER = Signer("example.test/log", ED25519, bytes(range(1, 33)))
TRUSTED = of_log(SIGNER.verifier)

Files = dict[str, bytes]


@dataclass
class Memory:
    """A log in memory."""

    files: Files

    def read(self, path: str) -> bytes:
        try:
            return self.files[path]
        except KeyError:
            raise Missing(path) from None


def made(size: int, stops: tuple[int, ...] = ()) -> Files:
    files, edge = Files(), Edge()
    for stop in sorted({*stops, size}):
        entries = [b"entry %d of a log" % i for i in range(edge.size, stop)]
        files |= {tile.path: content for tile, content in edge.append(entries)}
        signed = checkpoint.sign(Checkpoint(SIGNER.name, stop, edge.root()), SIGNER)
        files["checkpoint"] = signed.encode()
    return {path: files[path] for path in sorted(files)}


LOG = made(700)
EARLIER = made(690)["checkpoint"]


def found(files: Files, older: bytes | None = None) -> list[str]:
    """Where the levels see a fault; empty when the log holds."""
    audit = Audit(Memory(files), TRUSTED, [("older", older)] if older else [])
    return [level.fault.place for level in audit.levels() if level.fault]


# -- changes: each alters `files` and returns the files of which one must be named ------------------------------------


def flip(dice: random.Random, files: Files) -> list[str]:
    path = dice.choice(sorted(files))
    content = bytearray(files[path])
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    files[path] = bytes(content)
    return [path]


def cut(dice: random.Random, files: Files) -> list[str]:
    path = dice.choice(sorted(files))
    files[path] = files[path][: dice.randrange(len(files[path]))]
    return [path]


def lengthen(dice: random.Random, files: Files) -> list[str]:
    path = dice.choice(sorted(files))
    files[path] += dice.randbytes(dice.choice((1, 2, 32)))
    return [path]


def lose(dice: random.Random, files: Files) -> list[str]:
    path = dice.choice(sorted(files))
    del files[path]
    return [path]


def swap_files(dice: random.Random, files: Files) -> list[str]:
    one, other = dice.sample([path for path in files if path != "checkpoint"], 2)
    files[one], files[other] = files[other], files[one]
    return [one, other]


def change_an_entry(dice: random.Random, files: Files) -> list[str]:
    path, entries = _bundle(dice, files)
    entries[dice.randrange(len(entries))] = dice.randbytes(dice.randrange(40))
    files[path] = pack(entries)
    return [path]


def swap_entries(dice: random.Random, files: Files) -> list[str]:
    path, entries = _bundle(dice, files)
    one, other = dice.sample(range(len(entries)), 2)
    entries[one], entries[other] = entries[other], entries[one]
    files[path] = pack(entries)
    return [path]


def drop_an_entry(dice: random.Random, files: Files) -> list[str]:
    path, entries = _bundle(dice, files)
    del entries[dice.randrange(len(entries))]
    files[path] = pack(entries)
    return [path]


def add_an_entry(dice: random.Random, files: Files) -> list[str]:
    path, entries = _bundle(dice, files)
    entries.insert(dice.randrange(len(entries)), b"never said")
    files[path] = pack(entries)
    return [path]


def change_entry_and_hash(dice: random.Random, files: Files) -> list[str]:
    """A forger who cannot sign makes the leaf's tile agree with the changed entry."""
    path, entries = _bundle(dice, files)
    slot = dice.randrange(len(entries))
    entries[slot] = b"never said"
    files[path] = pack(entries)
    tile = path.replace("entries", "0")
    hashes = files[tile]
    files[tile] = hashes[: slot * 32] + leaf_hash(entries[slot]) + hashes[slot * 32 + 32 :]
    return [tile]


def forge(dice: random.Random, files: Files) -> list[str]:
    """A whole other log, signed with another key of the same name."""
    edge = Edge()
    changed = {tile.path: content for tile, content in edge.append([dice.randbytes(8)] * 700)}
    files |= changed
    signed = checkpoint.sign(Checkpoint(SIGNER.name, 700, edge.root()), STRANGER)
    files["checkpoint"] = signed.encode()
    return ["checkpoint"]


CHANGES: tuple[Callable[[random.Random, Files], list[str]], ...] = (
    flip, flip, flip, flip, cut, lengthen, lose, swap_files, change_an_entry, swap_entries,
    drop_an_entry, add_an_entry, change_entry_and_hash, forge,
)  # fmt: skip


def _bundle(dice: random.Random, files: Files) -> tuple[str, list[bytes]]:
    path = dice.choice([path for path in files if "entries" in path])
    return path, list(unpack(files[path], parse_path(path).width))


def test_the_log_that_is_tampered_with_holds() -> None:
    assert found(LOG) == []
    assert found(LOG, EARLIER) == []
    assert [found(made(size)) for size in (0, 1, 2, 255, 256, 257, 512)] == [[]] * 7


def test_random_changes_are_all_noticed_and_placed() -> None:
    dice = random.Random(SEED)
    for number in range(COUNT):
        change = dice.choice(CHANGES)
        files = dict(LOG)
        places = change(dice, files)
        if files == LOG:  # two equal files were swapped, or an entry drew itself
            continue
        seen = found(files)
        assert seen, f"change {number} of seed {SEED}, {change.__name__} of {places}: not noticed"
        assert set(seen) & set(places), f"{number}: {change.__name__} of {places} placed at {seen}"


@pytest.mark.parametrize(
    ("path", "at", "leaf"),
    [
        ("tile/0/017", 32 * 5 + 3, 17 * 256 + 5),
        ("tile/0/257.p/208", 32 * 200, 257 * 256 + 200),
        ("tile/1/000", 32 * 9, 9 * 256),
        ("tile/1/001.p/1", 0, 65_536),
        ("tile/2/000.p/1", 31, 0),
        ("tile/entries/100", 2 + 8, 25_600),
        ("tile/entries/100", 1, 25_600),  # its length
    ],
)
def test_the_leaf_is_named_on_every_level(path: str, at: int, leaf: int) -> None:
    files = dict(DEEP)
    content = bytearray(files[path])
    content[at] ^= 4
    files[path] = bytes(content)
    audit = Audit(Memory(files), TRUSTED)
    faults = [level.fault for level in audit.levels() if level.fault]
    assert (path, leaf) in [(fault.place, fault.leaf) for fault in faults], faults


def test_a_bundle_that_is_cut_names_the_first_leaf_that_is_gone() -> None:
    files = dict(DEEP)
    files["tile/entries/100"] = files["tile/entries/100"][:-1]
    fault = Audit(Memory(files), TRUSTED).bundles().fault
    assert fault
    assert (fault.place, fault.leaf) == ("tile/entries/100", 25_600 + 255)
    files["tile/entries/100"] = DEEP["tile/entries/100"] + b"\x00"
    fault = Audit(Memory(files), TRUSTED).bundles().fault
    assert fault
    assert (fault.place, fault.leaf) == ("tile/entries/100", None)
    del files["tile/0/100"]
    fault = Audit(Memory(files), TRUSTED).bundles().fault
    assert fault
    assert (fault.place, fault.leaf) == ("tile/entries/100", None)


DEEP = made(66_000)


def test_a_log_put_back_to_an_earlier_state_is_noticed() -> None:
    assert found(made(690), LOG["checkpoint"]) == ["checkpoint"]
    # Another history of the same key, and one that grew from it.
    other = Edge()
    other.append([b"something else"] * 690)
    signed = checkpoint.sign(Checkpoint(SIGNER.name, 690, other.root()), SIGNER).encode()
    assert found(LOG, signed) == ["older"]
    elsewhere = Signer("elsewhere.test", ED25519, bytes(32))
    foreign = checkpoint.sign(Checkpoint("elsewhere.test", 1, bytes(32)), elsewhere).encode()
    assert found(LOG, foreign) == ["older"]


def test_partial_tiles_may_be_gone_once_the_full_one_is_there() -> None:
    early, late = made(300), made(700)
    gone = {"tile/0/001.p/44", "tile/entries/001.p/44"}
    assert gone < set(early)
    files = {path: content for path, content in early.items() if path not in gone} | late
    files["checkpoint"] = early["checkpoint"]
    assert found(files) == []


def test_random_changes_of_a_proof_file_are_noticed() -> None:
    signed = LOG["checkpoint"]
    opened = checkpoint.opened(signed, SIGNER.verifier)
    view = View(Memory(LOG), opened.size, opened.root)
    dice, entry = random.Random(SEED), view.entry(300)
    proof = Evidence(300, tuple(view.inclusion(300, leaf_hash(entry))), signed, entry)
    good = proof.text.encode()
    assert evidence.check(evidence.read(good), TRUSTED).size == 700
    for _ in range(COUNT // 2):
        changed = bytearray(good)
        changed[dice.randrange(len(changed))] ^= 1 << dice.randrange(8)
        with pytest.raises(BadNote):
            evidence.check(evidence.read(bytes(changed)), TRUSTED)
    for _ in range(20):
        with pytest.raises(BadNote):
            evidence.check(evidence.read(good[: dice.randrange(len(good))]), TRUSTED)


def test_a_strangers_signature_beside_ours_changes_nothing() -> None:
    text, signatures = note.split(LOG["checkpoint"])
    both = note.write(text, [*signatures, STRANGER.sign(text)]).encode()
    assert checkpoint.opened(both, SIGNER.verifier).size == 700
    with pytest.raises(BadNote, match="known key"):
        checkpoint.opened(note.write(text, [STRANGER.sign(text)]).encode(), SIGNER.verifier)
