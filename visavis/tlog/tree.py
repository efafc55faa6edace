"""Hashes, roots and proofs of an append-only tree: RFC 6962 §2.1, verification by RFC 9162 §2.1.3 and §2.1.4.

All hashes are 32 bytes of SHA-256. A *node* (height, index) is the root of the complete subtree over the leaves
`index * 2**height` to `(index + 1) * 2**height - 1`; it never changes once those leaves exist.
"""

import hashlib
from collections.abc import Callable, Sequence

HASH_BYTES = 32
EMPTY = hashlib.sha256(b"").digest()

# The root of a complete subtree by height and index.
Nodes = Callable[[int, int], bytes]
# Leaves from the first number up to, but without, the second.
Range = tuple[int, int]


def leaf_hash(entry: bytes) -> bytes:
    """The hash of an entry as a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def leaf_hashes(entries: Sequence[bytes]) -> list[bytes]:
    """`leaf_hash` of each of many entries."""
    sha256 = hashlib.sha256
    return [sha256(b"\x00" + entry).digest() for entry in entries]


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The largest power of two smaller than `size` (at least 2): where RFC 6962 parts a tree."""
    return 1 << ((size - 1).bit_length() - 1)


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes, folded pairwise; an odd one out rises unchanged."""
    if not hashes:
        return EMPTY
    level, sha256 = list(hashes), hashlib.sha256  # `node_hash`, without a call for each
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        paired = [sha256(b"\x01" + left + right).digest() for left, right in pairs]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def range_hash(nodes: Nodes, start: int, end: int) -> bytes:
    """The hash over the leaves of a range that a proof names, folded from complete subtrees."""
    width = end - start
    if width & (width - 1) == 0:
        return nodes(width.bit_length() - 1, start // width)
    middle = start + split(width)
    return node_hash(range_hash(nodes, start, middle), range_hash(nodes, middle, end))


def root_of(nodes: Nodes, size: int) -> bytes:
    """The root of the tree of this size."""
    return range_hash(nodes, 0, size) if size else EMPTY


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The ranges whose hashes prove leaf `index` in a tree of `size`, from the leaf's sibling up (RFC 6962 §2.1.1).

    Raises ValueError when there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    start, end, found = 0, size, []
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def consistency_ranges(old: int, size: int) -> list[Range]:
    """The ranges whose hashes prove that the tree of `size` continues the one of `old` (RFC 6962 §2.1.2).

    Raises ValueError unless 0 < old <= size.
    """
    if not 0 < old <= size:
        raise ValueError(f"no proof leads from {old} to {size} leaves")
    start, end, found = 0, size, []
    while end != old:
        middle = start + split(end - start)
        if old <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    if start:
        found.append((start, end))
    return found[::-1]


def inclusion_proof(nodes: Nodes, index: int, size: int) -> list[bytes]:
    """The proof that leaf `index` is in the tree of `size`; raises ValueError when it cannot be."""
    return [range_hash(nodes, start, end) for start, end in inclusion_ranges(index, size)]


def consistency_proof(nodes: Nodes, old: int, size: int) -> list[bytes]:
    """The proof that the tree of `size` continues the one of `old`; raises ValueError unless 0 < old <= size."""
    return [range_hash(nodes, start, end) for start, end in consistency_ranges(old, size)]


def verify_inclusion(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes], expected: bytes
) -> bool:
    """Whether the proof binds this leaf hash, at this index, to the root of the tree of `size` (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes([leaf, *proof]):
        return False
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            lone = _lone_levels(at)
            at, last = at >> lone, last >> lone
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and found == expected


def verify_consistency(
    old: int, size: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the tree of `size` continues the one of `old` (RFC 9162 §2.1.4.2).

    An empty old tree proves nothing and is refused; a witness, which must accept it, looks at the sizes itself.
    """
    if not 0 < old <= size or not _are_hashes(proof):
        return False
    if old == size:
        return not proof and old_root == new_root
    return verify_subtree_consistency(0, old, size, old_root, new_root, proof)


def verify_subtree_inclusion(
    index: int, start: int, end: int, leaf: bytes, proof: Sequence[bytes], expected: bytes
) -> bool:
    """Whether the proof binds the leaf `index` to the root of the subtree over the leaves from `start` to `end`."""
    return is_subtree(start, end) and verify_inclusion(
        index - start, end - start, leaf, proof, expected
    )


def verify_subtree_consistency(
    start: int, end: int, size: int, subtree: bytes, new_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether the subtree over the leaves from `start` to `end` is part of the tree of `size`.

    draft-ietf-plants-merkle-tree-certs; an empty subtree is part of every tree and needs no proof.
    """
    if not 0 <= start <= end <= size or not _are_hashes(proof):
        return False
    if start == end:
        return not proof and subtree == EMPTY
    if not is_subtree(start, end):
        return False
    first, at, last = start, end - 1, size - 1
    while first != at and (at == last or at & 1):
        first, at, last = first >> 1, at >> 1, last >> 1
    rest = list(proof)
    if first == at:
        found = whole = subtree
    elif rest:
        found = whole = rest.pop(0)
    else:
        return False
    for sibling in rest:
        if last == 0:
            return False
        if at & 1 or at == last:
            if first < at:
                found = node_hash(sibling, found)
            whole = node_hash(sibling, whole)
            lone = _lone_levels(at)
            first, at, last = first >> lone, at >> lone, last >> lone
        else:
            whole = node_hash(whole, sibling)
        first, at, last = first >> 1, at >> 1, last >> 1
    return last == 0 and found == subtree and whole == new_root


def is_subtree(start: int, end: int) -> bool:
    """Whether the leaves from `start` to `end` hang together in every tree that holds them."""
    return 0 <= start < end and start % (1 << (end - start - 1).bit_length()) == 0


def _lone_levels(at: int) -> int:
    """How many levels up the right edge node `at`, not the first, has no left neighbour: its trailing zero bits."""
    return (at & -at).bit_length() - 1


def _are_hashes(proof: Sequence[bytes]) -> bool:
    return all(len(one) == HASH_BYTES for one in proof)
