"""Trees, proofs and tiles against their definitions, exhaustively for small sizes; the vectors are elsewhere."""

import hashlib
from collections.abc import Sequence

import pytest

from visavis.tlog import tiles, tree
from visavis.tlog.growing import Edge, edge_of
from visavis.tlog.reading import View, fetcher, first_entries
from visavis.tlog.sources import Missing
from visavis.tlog.tiles import ENTRIES, Malformed, Tile, bundles_of, parse_path, tiles_of

MOST = 19
LEAVES = [tree.leaf_hash(bytes([n])) for n in range(MOST)]


def mth(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962 §2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """RFC 6962 §2.1.1."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], whole: bool) -> list[bytes]:
    """RFC 6962 §2.1.2."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def nodes(height: int, index: int) -> bytes:
    part = LEAVES[index << height : (index + 1) << height]
    assert len(part) == 1 << height, "only complete subtrees have a node"
    return mth(part)


def test_roots() -> None:
    assert tree.leaf_hash(b"x") == hashlib.sha256(b"\x00x").digest()
    assert tree.node_hash(b"a", b"b") == hashlib.sha256(b"\x01ab").digest()
    assert [tree.split(size) for size in (2, 3, 4, 5, 8, 9, 17)] == [1, 2, 2, 4, 4, 8, 16]
    for size in range(MOST + 1):
        assert tree.root(LEAVES[:size]) == mth(LEAVES[:size])
        assert tree.root_of(nodes, size) == mth(LEAVES[:size])


def test_every_inclusion_proof_and_what_is_near_it() -> None:
    for size in range(1, MOST + 1):
        expected = mth(LEAVES[:size])
        for index in range(size):
            proof = tree.inclusion_proof(nodes, index, size)
            assert proof == path(index, LEAVES[:size])
            good = (index, size, LEAVES[index], proof, expected)
            assert tree.verify_inclusion(*good)
            for other in {*range(-1, size + 1)} - {index}:
                assert not tree.verify_inclusion(other, size, LEAVES[index], proof, expected)
            for wrong in near(proof):
                assert not tree.verify_inclusion(index, size, LEAVES[index], wrong, expected)
            assert not tree.verify_inclusion(
                index, size, LEAVES[index - 1] if size > 1 else b"", proof, expected
            )
            assert not tree.verify_inclusion(index, size, LEAVES[index], proof, bytes(32))
            assert not tree.verify_inclusion(index, size, LEAVES[index][:31], proof, expected)
        for index in (-1, size):
            with pytest.raises(ValueError, match="no leaf"):
                tree.inclusion_ranges(index, size)
    with pytest.raises(ValueError, match="no leaf 0"):
        tree.inclusion_ranges(0, 0)


def test_every_consistency_proof_and_what_is_near_it() -> None:
    for size in range(1, MOST + 1):
        for old in range(1, size + 1):
            before, after = mth(LEAVES[:old]), mth(LEAVES[:size])
            proof = tree.consistency_proof(nodes, old, size)
            assert proof == subproof(old, LEAVES[:size], True)
            assert tree.verify_consistency(old, size, before, after, proof)
            for wrong in near(proof):
                assert not tree.verify_consistency(old, size, before, after, wrong)
            assert not tree.verify_consistency(old, size, bytes(32), after, proof)
            assert not tree.verify_consistency(old, size, before, bytes(32), proof)
            if old < size:
                for other in {*range(size + 1)} - {old}:
                    held = tree.verify_consistency(other, size, before, after, proof)
                    assert not held, (old, other, size)
        for old in (-1, 0, size + 1):
            assert not tree.verify_consistency(old, size, tree.EMPTY, mth(LEAVES[:size]), [])
            with pytest.raises(ValueError, match="no proof leads"):
                tree.consistency_ranges(old, size)
    with pytest.raises(ValueError, match="no proof leads"):
        tree.consistency_ranges(0, 0)


def near(proof: list[bytes]) -> list[list[bytes]]:
    """Proofs that differ from a good one a little."""
    wrong = [[*proof, bytes(32)], [bytes(32), *proof], [*proof, b""]]
    if proof:
        wrong += [proof[:-1], proof[1:], [*proof[:-1], bytes(32)], [*proof[:-1], proof[-1] + b"x"]]
        wrong += [[*proof[:-1], proof[-1][:31]], [*proof, proof[-1]]]
    return wrong


def test_every_subtree() -> None:
    for size in range(1, MOST + 1):
        after = mth(LEAVES[:size])
        for start in range(size + 1):
            for end in range(start, size + 1):
                width = 1
                while width < end - start:
                    width *= 2
                assert tree.is_subtree(start, end) == (start < end and start % width == 0)
                if start == end or not tree.is_subtree(start, end):
                    continue
                part = mth(LEAVES[start:end])
                proof = subtree_proof(start, end, size)
                assert tree.verify_subtree_consistency(start, end, size, part, after, proof)
                for wrong in near(proof):
                    assert not tree.verify_subtree_consistency(start, end, size, part, after, wrong)
                assert not tree.verify_subtree_consistency(
                    start, end, size, bytes(32), after, proof
                )
                for index in range(start, end):
                    inside = path(index - start, LEAVES[start:end])
                    good = (start, end, LEAVES[index], inside, part)
                    assert tree.verify_subtree_inclusion(index, *good)
                    assert not tree.verify_subtree_inclusion(index + 1, *good)
    assert not tree.is_subtree(-2, -1)
    assert tree.verify_subtree_consistency(3, 3, 5, tree.EMPTY, bytes(32), [])
    assert not tree.verify_subtree_consistency(3, 3, 5, bytes(32), bytes(32), [])
    assert not tree.verify_subtree_consistency(3, 3, 5, tree.EMPTY, bytes(32), [bytes(32)])
    assert not tree.verify_subtree_consistency(-1, -1, 5, tree.EMPTY, bytes(32), [])
    assert not tree.verify_subtree_consistency(6, 6, 5, tree.EMPTY, bytes(32), [])
    # Not a subtree, and so neither in the tree nor with leaves of its own.
    assert not tree.verify_subtree_inclusion(1, 1, 3, LEAVES[1], [LEAVES[2]], mth(LEAVES[1:3]))
    assert not tree.verify_subtree_consistency(1, 3, 3, mth(LEAVES[1:3]), mth(LEAVES[:3]), [])


def subtree_proof(start: int, end: int, size: int) -> list[bytes]:
    """SUBTREE_SUBPROOF of draft-ietf-plants-merkle-tree-certs §4.4.1, word for word."""

    def sub(first: int, last: int, leaves: list[bytes], known: bool) -> list[bytes]:
        if (first, last) == (0, len(leaves)):
            return [] if known else [mth(leaves)]
        k = 1
        while k * 2 < len(leaves):
            k *= 2
        if last <= k:
            return [*sub(first, last, leaves[:k], known), mth(leaves[k:])]
        if k <= first:
            return [*sub(first - k, last - k, leaves[k:], known), mth(leaves[:k])]
        return [*sub(0, last - k, leaves[k:], False), mth(leaves[:k])]

    return sub(start, end, LEAVES[:size], True)


def test_a_leaf_past_the_end_of_a_proof_is_refused() -> None:
    assert not tree.verify_inclusion(0, 1, LEAVES[0], [LEAVES[1]], mth(LEAVES[:2]))
    # A proof that is too long for the size leads nowhere, even to a root made for it.
    longer = tree.node_hash(LEAVES[1], LEAVES[0])
    assert not tree.verify_inclusion(0, 1, LEAVES[0], [LEAVES[1]], longer)
    assert not tree.verify_subtree_consistency(0, 1, 1, LEAVES[0], longer, [LEAVES[1]])
    whole = mth(LEAVES[:3])
    longer = tree.node_hash(LEAVES[5], whole)
    proof = path(2, LEAVES[:3])
    assert not tree.verify_inclusion(2, 3, LEAVES[2], [*proof, LEAVES[5]], longer)
    proof = subproof(2, LEAVES[:3], True)
    before = mth(LEAVES[:2])
    assert not tree.verify_consistency(2, 3, before, longer, [*proof, LEAVES[5]])
    assert not tree.verify_inclusion(1, 1, LEAVES[1], [], LEAVES[1])
    assert not tree.verify_inclusion(-1, 1, LEAVES[0], [], LEAVES[0])
    assert tree.verify_inclusion(0, 1, LEAVES[0], [], LEAVES[0])


# -- tiles ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "tile/0/000"),
        (Tile(0, 999, 1), "tile/0/999.p/1"),
        (Tile(9, 1000, 255), "tile/9/x001/000.p/255"),
        (Tile(10, 999_999), "tile/10/x999/999"),
        (Tile(63, 1_000_000), "tile/63/x001/x000/000"),
        (Tile(ENTRIES, 1_234_067, 10), "tile/entries/x001/x234/067.p/10"),
    ],
)
def test_paths(tile: Tile, path: str) -> None:
    assert tile.path == path
    assert parse_path(path) == tile
    assert tile.full == (".p/" not in path)


@pytest.mark.parametrize(
    "path",
    [
        "", "tile", "tile/0", "tile/0/", "tile/0/00", "tile/0/0000", "tile/64/000", "tile/01/000",
        "tile/100/000", "tile/-1/000", "tile/x/000", "tile/Entries/000", "tile/0/x000/000",
        "tile/0/x000/x001/000", "tile/0/001/000", "tile/0/x01/000", "tile/0/x0001/000", "tile/0/x001",
        "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/00", "tile/0/000.p/01",
        "tile/0/000.p/256", "tile/0/000.p/999", "tile/0/000.p/1000", "tile/0/000.p/-1", "tile/0/000p/1",
        "/tile/0/000", "tile/0/000/", "tile/0/000\n", "xtile/0/000", "tile/0/٠٠٠", "tile/0/000.p/1/", "tile/0/../000",
    ],
)  # fmt: skip
def test_paths_that_are_none(path: str) -> None:
    with pytest.raises(Malformed):
        parse_path(path)


def test_the_tiles_of_a_size() -> None:
    assert list(tiles_of(0)) == []
    assert list(bundles_of(0)) == []
    assert list(bundles_of(256)) == [Tile(ENTRIES, 0)]
    assert list(bundles_of(257)) == [Tile(ENTRIES, 0), Tile(ENTRIES, 1, 1)]
    assert list(tiles_of(1)) == [Tile(0, 0, 1)]
    assert list(tiles_of(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_of(513)) == [Tile(0, 0), Tile(0, 1), Tile(0, 2, 1), Tile(1, 0, 2)]


def test_bundles_and_tiles_hold_what_they_say() -> None:
    entries = [b"", b"a", bytes(65_535)]
    content = tiles.pack(entries)
    assert content[:5] == b"\x00\x00\x00\x01a"
    assert tiles.unpack(content, 3) == entries
    assert tiles.unpack(b"", 0) == []
    assert tiles.unpack(b"\x00\x00", 1) == [b""]
    with pytest.raises(Malformed, match="65536 bytes; 65535 is the most"):
        tiles.pack([bytes(65_536)])
    for wrong, width in (
        (content, 2), (content, 4), (content[:-1], 3), (content + b"\x00", 3), (b"\x00", 1),
        (b"\x00\x02a", 1), (b"\x00", 0),
    ):  # fmt: skip
        with pytest.raises(Malformed):
            tiles.unpack(wrong, width)
    hashes = tiles.hashes_of(bytes(range(64)), 2)
    assert hashes == [bytes(range(32)), bytes(range(32, 64))]
    for width in (1, 3):
        with pytest.raises(Malformed):
            tiles.hashes_of(bytes(64), width)


class Memory:
    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def read(self, path: str) -> bytes:
        if path not in self.files:
            raise Missing(path)
        return self.files[path]


def test_an_edge_grows_alike_in_any_steps_and_goes_on_from_its_files() -> None:
    entries = [b"%d" % n for n in range(1_300)]
    leaves = [tree.leaf_hash(one) for one in entries]
    memory, edge = Memory(), Edge()
    for step in (1, 254, 1, 1, 255, 256, 3, 500, 0, 29):
        for tile, content in edge.append(entries[edge.size : edge.size + step]):
            assert memory.files.setdefault(tile.path, content) == content
            if tile.level == 0:
                first = tile.index * 256
                assert tiles.hashes_of(content, tile.width) == leaves[first : first + tile.width]
        assert edge.root() == mth(leaves[: edge.size])
        again = edge_of(edge.size, fetcher(memory))
        assert (again.size, again.root(), again.bundle) == (edge.size, edge.root(), edge.bundle)
    assert edge.size == 1_300
    with pytest.raises(Malformed):
        edge.append([b"fine", bytes(65_536)])
    assert edge.root() == mth(leaves)
    memory.files["tile/entries/005.p/20"] = tiles.pack([b"changed"] * 20)
    with pytest.raises(Malformed, match="does not match"):
        edge_of(1_300, fetcher(memory))


def test_a_view_proves_what_it_reads() -> None:
    entries = [b"%d" % n for n in range(600)]
    leaves = [tree.leaf_hash(one) for one in entries]
    memory, edge = Memory(), Edge()
    memory.files |= {tile.path: content for tile, content in edge.append(entries)}
    view = View(memory, 600, edge.root())
    for index in (0, 1, 255, 256, 511, 512, 599):
        assert view.entry(index) == entries[index]
        assert view.leaf(index) == leaves[index]
        assert view.inclusion(index, leaves[index]) == path(index, leaves)
        with pytest.raises(Malformed):
            view.inclusion(index, leaves[index - 1])
    for old in (1, 2, 255, 256, 300, 512, 600):
        assert view.consistency(old, mth(leaves[:old])) == subproof(old, leaves, True)
        with pytest.raises(Malformed):
            view.consistency(old, bytes(32))
    assert view.consistency(0, tree.EMPTY) == []
    for index in (-1, 600):
        with pytest.raises(ValueError, match="no leaf"):
            view.entry(index)
    with pytest.raises(Missing):
        View(Memory(), 600, edge.root()).entry(0)
    # A partial tile that is gone is cut from the full one.
    memory.files["tile/1/000.p/1"] = memory.files["tile/1/000.p/2"][:32]
    early = View(memory, 300, mth(leaves[:300]))
    assert early.entry(299) == entries[299]
    assert first_entries(tiles.pack(entries[:3]), 2) == tiles.pack(entries[:2])
    with pytest.raises(Malformed, match="fewer than 4"):
        first_entries(tiles.pack(entries[:3]), 4)
