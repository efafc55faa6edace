"""Policy files: who must have signed, and every way to write one wrong."""

import pytest

from visavis.tlog import note, policy
from visavis.tlog.checkpoint import Checkpoint, opened, sign
from visavis.tlog.evidence import Evidence, check
from visavis.tlog.evidence import read as evidence_of
from visavis.tlog.note import COSIGNATURE, ED25519, BadNote, Signer
from visavis.tlog.policy import BadPolicy
from visavis.tlog.tree import EMPTY

LOGS = [Signer(f"log{n}.test", ED25519, bytes([n]) * 32) for n in range(2)]
WITNESSES = [Signer(f"witness{n}.test", COSIGNATURE, bytes([9, n]) * 16) for n in range(5)]
LINES = [
    f"log {LOGS[0].verifier.vkey}",
    f"log\t{LOGS[1].verifier.vkey}  https://log1.test/ ",
    *(f"witness w{n} {one.verifier.vkey} http://w{n}.test" for n, one in enumerate(WITNESSES)),
]


def read(*more: str) -> policy.Policy:
    return policy.read("\n".join([*LINES, *more]) + "\n")


def test_a_quorum_of_groups() -> None:
    found = read(
        "# two of three, and one of the others", "", "group inner 2 w0 w1 w2", "group outer any w3 w4",
        "group both all inner outer", "quorum both",
    )  # fmt: skip
    assert found.logs[1].url == "https://log1.test/"
    assert found.witnesses["w3"].url == "http://w3.test"
    for signed, held in (
        ("", False), ("w0 w1", False), ("w0 w1 w3", True), ("w0 w3 w4", False),
        ("w1 w2 w4", True), ("w0 w1 w2 w3 w4", True),
    ):  # fmt: skip
        assert found.satisfied(signed.split()) is held, signed
    assert read("quorum none").satisfied([])
    assert read("quorum w2").satisfied(["w2"])
    assert not read("quorum w2").satisfied(["w1"])


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("quorum nobody", "not defined above"),
        ("quorum none\nquorum none", "second quorum"),
        ("", "no quorum line"),
        ("quorum", "not a line"),
        ("log", "not a line"),
        ("nonsense w0", "not a line"),
        (f"log {WITNESSES[0].verifier.vkey}", "wrong type"),
        (f"witness x {LOGS[0].verifier.vkey}", "wrong type"),
        (f"log {LOGS[0].verifier.vkey}", "twice"),
        (f"witness w0 {Signer('x', COSIGNATURE, bytes(32)).verifier.vkey}", "taken"),
        ("group none any w0", "taken"),
        ("group g any w0\ngroup g any w1", "taken"),
        ("group g any x", "not defined above"),
        ("group g any w0\ngroup h any w0", "member twice"),
        ("group g 0 w0", "number of members"),
        ("group g 3 w0 w1", "number of members"),
        ("group g many w0", "number of members"),
        ("witness x nonsense", "malformed key"),
        ("\n".join(f"group g{n} any g{n - 1}" if n else "group g0 any w0" for n in range(1001)), "too many"),
    ],
)  # fmt: skip
def test_wrong_policies(line: str, what: str) -> None:
    with pytest.raises(BadPolicy, match=what):
        read(line)


def test_a_checkpoint_needs_its_log_and_the_quorum() -> None:
    trusted = read("quorum w1")
    found = Checkpoint("log0.test", 3, bytes(32))
    alone = sign(found, LOGS[0])
    with pytest.raises(BadNote, match="too few"):
        trusted.opened(alone.encode())
    cosigned = note.write(found.text, [LOGS[0].sign(found.text), WITNESSES[1].sign(found.text, 7)])
    assert trusted.opened(cosigned.encode()) == found
    other = note.write(found.text, [LOGS[1].sign(found.text), WITNESSES[1].sign(found.text, 7)])
    with pytest.raises(BadNote, match="no key of log0"):
        trusted.opened(other.encode())
    late = WITNESSES[1].sign(found.text, 7)
    moved = note.Signature(late.name, late.key_id, bytes(8) + late.value[8:])
    for bad in (moved, note.Signature(late.name, late.key_id, late.value[:-1])):
        wrong = note.write(found.text, [LOGS[0].sign(found.text), bad])
        with pytest.raises(BadNote, match="wrong"):
            trusted.opened(wrong.encode())
    nothing = Checkpoint("log0.test", 0, bytes(32))
    with pytest.raises(BadNote, match="hash of nothing"):
        trusted.opened(sign(nothing, LOGS[0]).encode())
    assert read("quorum none").opened(sign(Checkpoint("log0.test", 0, EMPTY), LOGS[0]).encode())


def test_notes_keys_and_proofs_that_are_malformed() -> None:
    signer = LOGS[0]
    with pytest.raises(BadNote, match="not a private key"):
        note.signer_of(signer.verifier.vkey)
    other = LOGS[1].skey.replace("log1.test", "log0.test")
    with pytest.raises(BadNote, match="id does not match"):
        note.signer_of(other)
    for name in ("", "a b", "a+b", "a\u2003b", "a\x00b"):
        with pytest.raises(BadNote, match="not a name"):
            note.check_name(name)
    with pytest.raises(BadNote, match="too long"):
        note.split(b"x" * (note.MAX_NOTE + 1))
    with pytest.raises(BadNote, match="short"):
        note.split("a\n\n\u2014 n AAAA\n".encode())
    with pytest.raises(BadNote, match="as it is written"):
        note.decode("AAB=")
    empty = Checkpoint("log0.test", 0, bytes(32))
    with pytest.raises(BadNote, match="hash of nothing"):
        opened(sign(empty, signer).encode(), signer.verifier)
    with pytest.raises(BadNote, match="a checkpoint of elsewhere"):
        opened(sign(Checkpoint("elsewhere", 1, bytes(32)), signer).encode(), signer.verifier)
    good = Evidence(5, (bytes(32),), sign(Checkpoint("log0.test", 5, bytes(32)), signer).encode())
    with pytest.raises(BadNote, match="beyond the 5"):
        check(good, policy.of_log(signer.verifier), b"x")
    head = "c2sp.org/tlog-proof@v1\n"
    for text in (
        "", "c2sp.org/tlog-proof@v2\nindex 0\n\n", head, f"{head}\n", f"{head}index 00\n\n",
        f"{head}index 9999999999999999999\n\n", f"{head}extra ?\nindex 0\n\n", f"{head}index 0\nAAAA\n\n",
        f"{head}index 0\n" + f"{'A' * 43}=\n" * 64 + "\n", f"{head}\u2014\n\n",
    ):  # fmt: skip
        with pytest.raises(BadNote):
            evidence_of(text.encode())
