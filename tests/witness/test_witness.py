"""The witness over its wire: what it signs, every refusal, and that its memory never goes back."""

import asyncio
import base64
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from tests.tlog.vectors import load
from visavis import __main__ as command
from visavis.tlog import checkpoint, note, tree
from visavis.tlog.checkpoint import Checkpoint
from visavis.tlog.note import COSIGNATURE, ED25519, Signer
from visavis.witness.keeping import Store, Unusable, digest_of
from visavis.witness.server import Witness, logs_of

LOG = Signer("example.test/log", ED25519, bytes(range(32)))
STRANGER = Signer("example.test/log", ED25519, bytes(range(1, 33)))
LEAVES = [tree.leaf_hash(b"%d" % n) for n in range(40)]
AT = 1_679_315_147


def nodes(height: int, index: int) -> bytes:
    return tree.root(LEAVES[index << height : (index + 1) << height])


def signed(size: int, signer: Signer = LOG, root: bytes | None = None) -> str:
    found = root or tree.root(LEAVES[:size])
    return checkpoint.sign(Checkpoint(signer.name, size, found), signer)


def body(old: int, size: int, *, proof: list[bytes] | None = None, text: str = "") -> bytes:
    if proof is None:
        proof = tree.consistency_proof(nodes, old, size) if 0 < old < size else []
    lines = [f"old {old}", *(base64.b64encode(one).decode() for one in proof)]
    return ("\n".join(lines) + "\n\n" + (text or signed(size))).encode()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "witness", "witness.example/w1")
    yield made
    made.close()


@pytest.fixture
async def http(store: Store) -> AsyncIterator[httpx.AsyncClient]:
    app = Witness(store, [LOG.verifier], lambda: AT).app()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://witness"
    ) as client:
        yield client


async def post(http: httpx.AsyncClient, content: bytes) -> httpx.Response:
    return await http.post("/add-checkpoint", content=content)


async def test_it_cosigns_what_grows_and_remembers(http: httpx.AsyncClient, store: Store) -> None:
    old = 0
    for size in (0, 5, 5, 8, 31, 40):
        answer = await post(http, body(old, size))
        assert answer.status_code == 200, answer.text
        text, _ = note.split(signed(size).encode())
        _, ours = note.verified(f"{text}\n{answer.text}".encode(), [store.signer.verifier])
        assert note.time_of(ours[0].value) == AT
        old = size
    kept = await http.get(f"/{digest_of(LOG.name)}/checkpoint")
    assert kept.status_code == 200
    known = [LOG.verifier, store.signer.verifier]
    assert len(note.verified(kept.content, known)[1]) == 2
    assert checkpoint.parse(note.split(kept.content)[0]).size == 40


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"old 0", 400),
        (b"new 0\n\n" + signed(9).encode(), 400),
        (b"old 07\n\n" + signed(9).encode(), 400),
        (b"old 8\nnot base64\n\n" + signed(9).encode(), 400),
        (b"old 8\n" + b"AAAA\n" * 64 + b"\n" + signed(9).encode(), 400),
        (b"old 8\n\nno note", 400),
        (b"x" * 300_000, 400),
        (body(10, 9), 400),
        (body(8, 9, text=signed(9, Signer("elsewhere", ED25519, bytes(32)))), 404),
        (body(8, 9, text=signed(9, STRANGER)), 403),
        (body(8, 9, text=signed(9).replace("— example.test/log ", "— example.test/log A")), 400),
        (body(0, 9), 409),
        (body(7, 9), 409),
        (body(9, 12), 409),
        (body(8, 9, proof=[]), 422),
        (body(8, 9, proof=[bytes(32)]), 422),
        (body(8, 9, text=signed(9, root=bytes(32))), 422),
        (body(8, 8, text=signed(8, root=bytes(32))), 422),
        (body(8, 8, proof=[bytes(32)]), 422),
    ],
)
async def test_every_refusal(http: httpx.AsyncClient, content: bytes, status: int) -> None:
    assert (await post(http, body(0, 8))).status_code == 200
    answer = await post(http, content)
    assert answer.status_code == status, answer.text
    if status == 409:
        assert (answer.headers["content-type"], answer.text) == ("text/x.tlog.size", "8\n")
    # Whatever was refused left the memory alone.
    assert (await post(http, body(8, 12))).status_code == 200


async def test_refusals_of_an_empty_memory(http: httpx.AsyncClient) -> None:
    refused = {
        "a proof from nothing": (body(0, 9, proof=[bytes(32)]), 422),
        "an empty log with a root": (body(0, 0, text=signed(0, root=bytes(32))), 422),
        "nothing was cosigned": (body(3, 9), 409),
    }
    for why, (content, status) in refused.items():
        answer = await post(http, content)
        assert answer.status_code == status, why
        assert status != 409 or answer.text == "0\n"
    for path in (f"/{digest_of(LOG.name)}/checkpoint", "/../checkpoint", "/nothing/checkpoint"):
        assert (await http.get(path)).status_code == 404


async def test_a_known_key_that_signs_wrongly_is_refused(http: httpx.AsyncClient) -> None:
    text, (good,) = note.split(signed(9).encode())
    bad = note.Signature(good.name, good.key_id, bytes(64))
    answer = await post(http, body(0, 9, text=note.write(text, [bad])))
    assert answer.status_code == 403


async def test_an_overtaken_request_cannot_turn_the_memory_back(http: httpx.AsyncClient) -> None:
    """The rollback race of the specification: both are sent from the same old size, one must lose."""
    await post(http, body(0, 3))
    for _ in range(5):
        last = checkpoint.parse(
            note.split((await http.get(f"/{digest_of(LOG.name)}/checkpoint")).content)[0]
        ).size
        answers = await asyncio.gather(
            *(post(http, body(last, last + step)) for step in (3, 1, 2, 4))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
        signed_size = next(
            last + step
            for step, answer in zip((3, 1, 2, 4), answers, strict=True)
            if answer.status_code == 200
        )
        told = {answer.text for answer in answers if answer.status_code == 409}
        assert told == {f"{signed_size}\n"}


async def test_the_vectors_cosignature_comes_out_byte_for_byte(tmp_path: Path) -> None:
    vectors = load("cosignature_and_proof.json")
    seed = bytes.fromhex(vectors["witness_seed_hex"])
    home = tmp_path / "w"
    home.mkdir()
    skey = Signer("witness.example/w1", COSIGNATURE, seed).skey
    (home / "witness.key").write_text(skey)
    text, signatures = note.split(vectors["cosigned_checkpoint"].encode())
    kept_in = Store(home, "ignored")
    app = Witness(
        kept_in,
        [note.verifier_of(vectors["log_vkey"])],
        lambda: int(vectors["timestamp"]),
    ).app()
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://witness"
    ) as client:
        answer = await post(client, ("old 0\n\n" + note.write(text, signatures[:1])).encode())
        assert answer.text == signatures[1].line
        kept = await client.get(f"/{digest_of('example.com/log/testdata')}/checkpoint")
        assert kept.text == vectors["cosigned_checkpoint"]
    kept_in.close()


def test_the_store_is_one_processs_and_survives_it(tmp_path: Path) -> None:
    first = Store(tmp_path, "w")
    with pytest.raises(Unusable, match="another witness"):
        Store(tmp_path, "w")
    first.keep("somewhere", "something")
    first.close()
    again = Store(tmp_path, "renamed")
    assert again.signer == first.signer
    with pytest.raises(Unusable, match="damaged"):
        again.last("somewhere")
    elsewhere = signed(3, Signer("elsewhere", ED25519, bytes(32)))
    text, lines = note.split(elsewhere.encode())
    again.keep("somewhere", note.write(text, [*lines, again.signer.sign(text, AT)]))
    with pytest.raises(Unusable, match="that of elsewhere"):
        again.last("somewhere")
    again.close()
    (tmp_path / "witness.key").write_text(LOG.skey)
    with pytest.raises(Unusable, match="not the key of a witness"):
        Store(tmp_path, "w")


def test_the_command_says_its_key_and_what_it_cannot_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = tmp_path / "policy"
    policy.write_text("quorum none\n")
    with pytest.raises(Unusable, match="names no log"):
        logs_of(policy)
    with pytest.raises(Unusable, match="No such file"):
        logs_of(tmp_path / "none")
    policy.write_text(f"log {LOG.verifier.vkey}\nquorum none\n")
    started: list[dict[str, object]] = []
    monkeypatch.setattr(
        "visavis.witness.server.uvicorn.run", lambda app, **how: started.append(how)
    )
    done = CliRunner().invoke(
        command.app,
        ["witness", "--policy", str(policy), "--home", str(tmp_path / "w"), "--name", "a/b"],
    )
    assert done.exit_code == 0, done.output
    assert note.verifier_of(done.output.strip()).name == "a/b"
    assert started[0]["port"] == 8430
