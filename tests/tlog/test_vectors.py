"""The formats against vectors that were not made here: RFC 6962, C2SP, Go's notes, a real Tessera log."""

import base64
import hashlib

import pytest

from tests.tlog.vectors import b64, hashes, load
from visavis.tlog import checkpoint, evidence, note, policy, tree
from visavis.tlog.checkpoint import Checkpoint
from visavis.tlog.growing import Edge
from visavis.tlog.note import BadNote
from visavis.tlog.tiles import Malformed, Tile, parse_path, tiles_of


def test_eight_leaves() -> None:
    tree8 = load("rfc6962_tree8.json")
    leaves = [tree.leaf_hash(bytes.fromhex(one)) for one in tree8["leaf_inputs_hex"]]
    for size, expected in enumerate(tree8["root_hashes_hex_by_size"]):
        assert tree.root(leaves[:size]).hex() == expected
    for height, level in enumerate(tree8["node_hashes_hex_by_level"]):
        for index, expected in enumerate(level):
            part = leaves[index << height : (index + 1) << height]
            assert tree.root(part).hex() == expected
    single = tree8["hashes"]
    assert tree.EMPTY.hex() == single["empty_root"]
    assert tree.leaf_hash(b"").hex() == single["empty_leaf"]
    assert tree.leaf_hash(b"L123456").hex() == single["leaf_L123456"]
    assert tree.node_hash(b"N123", b"N456").hex() == single["node_N123_N456"]


def test_inclusion_proofs_good_and_bad() -> None:
    cases = load("rfc6962_inclusion.json")["cases"]
    assert len(cases) == 98
    for case in cases:
        held = tree.verify_inclusion(
            case["leafIdx"], case["treeSize"], b64(case["leafHash"]), hashes(case["proof"]),
            b64(case["root"]),
        )  # fmt: skip
        assert held != case["wantErr"], case["file"]


def test_consistency_proofs_good_and_bad() -> None:
    cases = load("rfc6962_consistency.json")["cases"]
    assert len(cases) == 98
    for case in cases:
        held = tree.verify_consistency(
            case["size1"], case["size2"], b64(case["root1"]), b64(case["root2"]),
            hashes(case["proof"]),
        )  # fmt: skip
        assert held != case["wantErr"], case["file"]


def test_proofs_of_subtrees_good_and_bad() -> None:
    for case in load("rfc6962_subtreeinclusion.json")["cases"]:
        held = tree.verify_subtree_inclusion(
            case["leafIdx"], case["start"], case["end"], b64(case["leafHash"]),
            hashes(case["proof"]), b64(case["root"]),
        )  # fmt: skip
        assert held != case["wantErr"], case["file"]
    for case in load("rfc6962_subtreeconsistency.json")["cases"]:
        held = tree.verify_subtree_consistency(
            case["start"], case["end"], case["size"], b64(case["root1"]), b64(case["root2"]),
            hashes(case["proof"]),
        )  # fmt: skip
        assert held != case["wantErr"], case["file"]


def test_paths_of_tiles() -> None:
    vectors = load("tile_paths.json")
    for case in vectors["paths"]:
        tile = Tile(case["level"], case["n"], case["w"])
        assert tile.path == case["path"]
        assert parse_path(case["path"]) == tile
    for path in vectors["reject"]:
        with pytest.raises(Malformed):
            parse_path(path)
    for size, levels in vectors["coverage_by_size"].items():
        found: dict[str, dict[str, int]] = {}
        for tile in tiles_of(int(size)):
            level = found.setdefault(str(tile.level), {"full": 0, "partial_width": 0})
            if tile.full:
                level["full"] += 1
            else:
                level["partial_width"] = tile.width
        assert found == levels


def test_notes_good_and_bad() -> None:
    vectors = load("signed_notes.json")
    for case in vectors["good"]:
        keys = [note.verifier_of(one) for one in case["vkeys"]]
        text, signatures = note.verified(case["note"].encode(), keys)
        assert text == case["text"]
        assert signatures
    known = [note.verifier_of(vectors["bad_with_vkey"])]
    for case in vectors["bad"]:
        with pytest.raises(BadNote):
            note.verified(base64.b64decode(case["note_base64"]), known)
    for case in vectors["sign"]:
        signer = note.signer_of(case["skey"])
        assert note.write(case["text"], [signer.sign(case["text"])]) == case["signed"]
        assert signer.skey == case["skey"]


def test_keys_that_must_be_refused() -> None:
    vectors = load("signed_notes.json")
    good = vectors["bad_with_vkey"]
    assert note.verifier_of(good).vkey == good
    parts = [good[i:j] for i in range(len(good)) for j in range(i, len(good) + 1)]
    changed = [good[:i] + chr(ord(good[i]) + 1) + good[i + 1 :] for i in range(len(good))]
    for text in [*vectors["bad_vkeys"], *(one for one in parts if one != good), *changed]:
        with pytest.raises(BadNote):
            note.verifier_of(text)


def test_bodies_of_checkpoints() -> None:
    vectors = load("signed_notes.json")["checkpoint_bodies"]
    for text in vectors["bad"]:
        with pytest.raises(BadNote):
            checkpoint.parse(text)
    for case in vectors["good"]:  # its hash is not a SHA-256, which we demand
        with pytest.raises(BadNote, match="SHA-256"):
            checkpoint.parse(case["m"])
        whole = case["m"].replace(case["hash_b64"], base64.b64encode(bytes(32)).decode())
        assert checkpoint.parse(whole) == Checkpoint(case["origin"], case["size"], bytes(32))


def test_a_real_tessera_log_comes_out_byte_for_byte() -> None:
    vectors = load("tessera_log15.json")
    signer, edge = note.signer_of(vectors["signing_key"]), Edge()
    files: dict[str, bytes] = {}
    for size in range(16):
        if size:
            entry = vectors["entries"][size - 1].encode()
            files |= {tile.path: content for tile, content in edge.append([entry])}
        signed = checkpoint.sign(Checkpoint(vectors["origin"], size, edge.root()), signer)
        assert signed == vectors["checkpoints_by_size"][str(size)]
        assert checkpoint.opened(signed.encode(), signer.verifier).size == size
    assert files == {path: b64(text) for path, text in vectors["files_base64"].items()}


def test_golden_roots() -> None:
    golden = load("large_trees.json")["golden"]["roots_base64"]
    leaves = [tree.leaf_hash(bytes([i & 255, i >> 8 & 255])) for i in range(65535)]
    for size, expected in golden.items():
        assert tree.root(leaves[: int(size)]) == b64(expected)


def test_seventy_thousand_leaves() -> None:
    vectors = load("large_trees.json")["log70k"]
    entries = [b"leaf %d" % i for i in range(70_000)]
    edge, files, at = Edge(), {}, 0
    stops = sorted({int(size) for size in vectors["roots_hex"]} | {1_000, 40_000})
    for stop in stops:
        files |= {tile.path: content for tile, content in edge.append(entries[at:stop])}
        at = stop
        assert edge.root().hex() == vectors["roots_hex"].get(str(stop), edge.root().hex())
    for path, expected in (vectors["tile_sha256"] | vectors["bundle_sha256"]).items():
        assert hashlib.sha256(files[path]).hexdigest() == expected, path
    leaves = [tree.leaf_hash(entry) for entry in entries]
    nodes = _nodes(leaves)
    for case in vectors["inclusion"]:
        proof = tree.inclusion_proof(nodes, case["index"], case["size"])
        assert [one.hex() for one in proof] == case["proof"]
        expected = bytes.fromhex(vectors["roots_hex"][str(case["size"])])
        assert tree.verify_inclusion(
            case["index"], case["size"], leaves[case["index"]], proof, expected
        )
    for case in vectors["consistency"]:
        proof = tree.consistency_proof(nodes, case["size1"], case["size2"])
        assert [one.hex() for one in proof] == case["proof"]
    signer = note.signer_of(vectors["signing_key"])
    for size in (65_537, 70_000):
        root = bytes.fromhex(vectors["roots_hex"][str(size)])
        signed = checkpoint.sign(Checkpoint(signer.name, size, root), signer)
        assert signed == vectors[f"checkpoint_{size}"]


def _nodes(leaves: list[bytes]) -> tree.Nodes:
    levels = [leaves]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([tree.node_hash(*below[i : i + 2]) for i in range(0, len(below) - 1, 2)])
    return lambda height, index: levels[height][index]


def test_a_cosignature_and_a_proof_file() -> None:
    vectors = load("cosignature_and_proof.json")
    witness = note.Signer(
        "witness.example/w1", note.COSIGNATURE, bytes.fromhex(vectors["witness_seed_hex"])
    )
    assert witness.verifier.vkey == vectors["witness_vkey"]
    text, signatures = note.split(vectors["cosigned_checkpoint"].encode())
    assert note.cosigned(text, vectors["timestamp"]).decode() == vectors["signed_message"]
    fresh = witness.sign(text, vectors["timestamp"])
    assert fresh == signatures[1]
    assert note.time_of(fresh.value) == vectors["timestamp"]
    alone = note.write(text, signatures[:1])
    assert checkpoint.with_cosignatures(alone, [fresh, fresh][:1]) == vectors["cosigned_checkpoint"]

    trusted = policy.read(
        f"log {vectors['log_vkey']}\nwitness w1 {vectors['witness_vkey']}\nquorum w1\n"
    )
    found = evidence.read(vectors["tlog_proof"].encode())
    assert found.text == vectors["tlog_proof"]
    entry = vectors["tlog_proof_entry"].encode()
    assert evidence.check(found, trusted, entry).size == 15
    with pytest.raises(BadNote, match="does not lead"):
        evidence.check(found, trusted, entry + b".")
    with pytest.raises(BadNote, match="holds no entry"):
        evidence.check(found, trusted)
