"""Where each limit of the formats lies: what is just inside is taken, what is just outside is refused."""

import base64
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from tests.tlog.test_tree import Memory, mth
from visavis.tlog import checkpoint, evidence, note, policy, reading, tiles, tree
from visavis.tlog.checkpoint import Checkpoint
from visavis.tlog.evidence import Evidence
from visavis.tlog.growing import Edge
from visavis.tlog.note import COSIGNATURE, ED25519, BadNote, Signature, Signer
from visavis.tlog.policy import BadPolicy, Group, Party, Policy
from visavis.tlog.sources import Missing
from visavis.tlog.tiles import ENTRIES, Malformed, Tile

LOG = Signer("log.test", ED25519, bytes([1]) * 32)
WITNESS = Signer("w.test", COSIGNATURE, bytes([2]) * 32)
ROOT = base64.b64encode(bytes(32)).decode()


def taken(text: str) -> Checkpoint:
    return checkpoint.parse(text)


@pytest.mark.parametrize("size", ["0", "1", str(2**63 - 1)])
def test_sizes_that_a_checkpoint_may_have(size: str) -> None:
    assert taken(f"o\n{size}\n{ROOT}\n").size == int(size)


@pytest.mark.parametrize(
    "size", ["00", "01", "+1", "-1", " 1", "1_0", "٣", str(2**63), "", "1" * 20]
)
def test_sizes_that_it_may_not_have(size: str) -> None:
    with pytest.raises(BadNote, match=r"not a size|an origin, a size"):
        taken(f"o\n{size}\n{ROOT}\n")


def test_lines_of_a_checkpoint() -> None:
    assert taken(f"o\n1\n{ROOT}\none\ntwo\n").extra == ("one", "two")
    assert taken(f"o\n1\n{ROOT}\n").extra == ()
    for text in (f"o\n1\n{ROOT}x", f"o\n1\n{ROOT}"):
        with pytest.raises(BadNote, match="newline"):
            taken(text)
    for text in ("o\n1\n", f"o\n1\n{ROOT}\n\n", f"\n1\n{ROOT}\n"):
        with pytest.raises(BadNote, match="an origin, a size"):
            taken(text)


def test_the_length_of_a_proof_file() -> None:
    head = "c2sp.org/tlog-proof@v1\n"
    line = f"{ROOT}\n"
    found = evidence.read(f"{head}index {2**63 - 1}\n{line * 63}\nc".encode())
    assert (found.index, len(found.proof), found.checkpoint) == (2**63 - 1, 63, b"c")
    with pytest.raises(BadNote, match="not the hashes"):
        evidence.read(f"{head}index 0\n{line * 64}\n".encode())
    with pytest.raises(BadNote, match="no index"):
        evidence.read(f"{head}index {2**63}\n\n".encode())


def test_how_many_signatures_and_how_long_a_note() -> None:
    text = "o\n"
    signed = LOG.sign(text)
    many = [Signature(f"x{n}", b"abcd", b"e") for n in range(99)]
    assert len(note.split(note.write(text, [signed, *many]).encode())[1]) == 100
    with pytest.raises(BadNote, match="too many"):
        note.split(note.write(text, [signed, signed, *many]).encode())
    long = "x" * (1_000_000 - len(note.write("\n", [signed]).encode())) + "\n"
    whole = note.write(long, [signed]).encode()
    assert len(whole) == 1_000_000
    assert note.split(whole)[0] == long
    with pytest.raises(BadNote, match="too long"):
        note.split(b"x" + whole)
    for part in (b"o\n", whole[:-1], note.write(text, [signed]).replace("\n\n", "\n").encode()):
        with pytest.raises(BadNote, match="no signatures below"):
            note.split(part)
    with pytest.raises(BadNote, match="control"):
        note.verified(note.write("a\tb\n", [LOG.sign("a\tb\n")]).encode(), [LOG.verifier])
    # Five bytes are a key's id and something signed; four are none.
    assert note.split("a\n\n\u2014 n AAAAAAA=\n".encode())[1][0].value == b"\0"
    with pytest.raises(BadNote, match="short"):
        note.split("a\n\n\u2014 n AAAAAA==\n".encode())


@pytest.mark.parametrize(("at", "held"), [(0, False), (1, True), (2**63 - 1, True), (2**63, False)])
def test_times_at_which_a_witness_may_have_signed(at: int, held: bool) -> None:
    assert WITNESS.verifier.verifies("x\n", WITNESS.sign("x\n", at).value) is held


def test_secrets_do_not_show_and_nothing_changes_in_passing() -> None:
    assert str(WITNESS.seed) not in repr(WITNESS)
    assert WITNESS.skey not in repr(WITNESS)
    assert WITNESS.sign("x\n") == WITNESS.sign("x\n", 0)
    for one, name in (
        (WITNESS, "seed"), (WITNESS.verifier, "public"), (LOG.sign("x\n"), "value"),
        (Checkpoint("o", 1, bytes(32)), "size"), (Evidence(0, (), b""), "index"), (Tile(0, 0), "level"),
        (Party(LOG.verifier), "url"), (Group(1, ()), "least"), (Policy(), "quorum"),
    ):  # fmt: skip
        changed: Any = one
        with pytest.raises(FrozenInstanceError):
            setattr(changed, name, None)


def lines(*more: str) -> Policy:
    first = [f"log {LOG.verifier.vkey}", f"witness a {WITNESS.verifier.vkey}"]
    other = Signer("v.test", COSIGNATURE, bytes([3]) * 32)
    return policy.read("\n".join([*first, f"witness b {other.verifier.vkey}", *more]))


def test_how_a_policy_counts() -> None:
    for count in ("1", "2"):
        assert lines(f"group g {count} a b", "quorum g").groups["g"].least == int(count)
    with pytest.raises(BadPolicy, match=r"^line 4: not a line of a policy: group g any$"):
        lines("group g any", "quorum g")
    with pytest.raises(BadPolicy, match=r"^line 5: not a line"):
        lines("", "nonsense any a b")
    groups = [f"group g{n} any g{n - 1}" if n else "group g0 any a" for n in range(998)]
    assert len(lines(*groups[:997], "quorum g0").groups) == 997
    with pytest.raises(BadPolicy, match="too many"):
        lines(*groups, "quorum g0")


def test_a_witness_that_signs_twice_is_one() -> None:
    found = Checkpoint("log.test", 1, bytes(32))
    signatures = [LOG.sign(found.text), *(WITNESS.sign(found.text, at) for at in (1, 2))]
    signed = note.write(found.text, signatures).encode()
    assert lines("quorum a").witnessed_by(signed) == ["a"]


def test_bundles_that_end_with_nothing() -> None:
    bundle = tiles.pack([b"a", b""])
    assert reading.first_entries(bundle, 2) == bundle
    assert reading.first_entries(bundle, 1) == b"\x00\x01a"
    for cut in (b"\x00", b""):
        with pytest.raises(Malformed):
            reading.first_entries(cut, 1)
        with pytest.raises(Malformed):
            tiles.unpack(cut, 1)


def test_a_full_bundle_leaves_no_open_one() -> None:
    edge = Edge()
    files = {tile.path for tile, _ in edge.append([b"x"] * 256)}
    assert files == {"tile/entries/000", "tile/0/000", "tile/1/000.p/1"}
    assert edge.append([]) == []
    edge.append([b"x"])
    assert edge.append([]) == []


class Counting(Memory):
    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__()
        self.files, self.reads = files, list[str]()

    def read(self, path: str) -> bytes:
        self.reads.append(path)
        return super().read(path)


def test_tiles_are_read_once_as_long_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "KEPT", 2)
    edge = Edge()
    files = {tile.path: content for tile, content in edge.append([b"%d" % n for n in range(768)])}
    source = Counting(files)
    view = reading.View(source, 768, edge.root())
    for tile in (0, 1, 0, 1, 2, 1, 2, 0):
        view.leaf(tile * 256)
    assert source.reads == ["tile/0/000", "tile/0/001", "tile/0/002", "tile/0/000"]
    gone = Counting({})
    with pytest.raises(Missing):
        reading.fetcher(gone)(Tile(ENTRIES, 0))
    assert gone.reads == ["tile/entries/000"]


def test_subtrees_far_from_the_left_edge() -> None:
    leaves = [tree.leaf_hash(bytes([n])) for n in range(64)]

    def nodes(height: int, index: int) -> bytes:
        return mth(leaves[index << height : (index + 1) << height])

    for start in (16, 32):
        for end in range(start + start // 2 + 1, 2 * start):
            size = end + 1
            proof = _subtree_proof(nodes, start, end, size)
            part, after = mth(leaves[start:end]), mth(leaves[:size])
            assert tree.verify_subtree_consistency(start, end, size, part, after, proof)
            assert not tree.verify_subtree_consistency(start, end, size, after, after, proof)
    assert not tree.is_subtree(-1, 0)


def _subtree_proof(nodes: tree.Nodes, start: int, end: int, size: int) -> list[bytes]:
    """As SUBTREE_SUBPROOF has it, over ranges of leaves."""

    def sub(low: int, high: int, known: bool) -> list[bytes]:
        if (max(low, start), min(high, end)) == (low, high):
            return [] if known else [tree.range_hash(nodes, low, high)]
        middle = low + tree.split(high - low)
        if end <= middle:
            return [*sub(low, middle, known), tree.range_hash(nodes, middle, high)]
        if middle <= start:
            return [*sub(middle, high, known), tree.range_hash(nodes, low, middle)]
        return [*sub(middle, high, False), tree.range_hash(nodes, low, middle)]

    return sub(0, size, True)
