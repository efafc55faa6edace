"""What a witness says to a checkpoint: every refusal of C2SP tlog-witness, as pure decisions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from visavis.tlog import checkpoint, note
from visavis.tlog.checkpoint import Checkpoint
from visavis.tlog.note import BadNote, Signature, Signer, Verifier
from visavis.tlog.tree import EMPTY, verify_consistency

MAX_PROOF = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)


class Refused(Exception):
    """The witness does not sign: a status, what it says, and for 409 the size it last signed."""

    def __init__(self, status: int, what: str, size: int | None = None) -> None:
        super().__init__(what)
        self.status = status
        self.size = size


@dataclass(frozen=True)
class Submission:
    """A request: the size the log believes the witness has seen, the proof from there, the signed checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    signed: bytes


def read(body: bytes) -> Submission:
    """The submission; raises `Refused` 400 where it is malformed."""
    head, parted, signed = body.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
        old = _OLD.fullmatch(lines[0])
        if not parted or old is None or len(lines) - 1 > MAX_PROOF:
            raise BadNote("not a submission")
        proof = tuple(note.decode(line) for line in lines[1:])
    except (BadNote, UnicodeDecodeError) as error:
        raise Refused(400, str(error)) from None
    return Submission(int(old[1]), proof, signed)


def origin_of(submission: Submission, logs: Sequence[Verifier]) -> tuple[Checkpoint, Signature]:
    """The checkpoint and its log's signature; raises `Refused`: 400, 404 unknown log, 403 wrong signature."""
    try:
        text, _ = note.split(submission.signed)
        found = checkpoint.parse(text)
    except BadNote as error:
        raise Refused(400, str(error)) from None
    known = [one for one in logs if one.name == found.origin]
    if not known:
        raise Refused(404, f"unknown log: {found.origin}")
    try:
        _, signatures = note.verified(submission.signed, known)
    except BadNote as error:
        raise Refused(403, str(error)) from None
    return found, signatures[0]


def judge(submission: Submission, found: Checkpoint, last: Checkpoint | None) -> None:
    """Whether the checkpoint continues the last one that was cosigned; raises `Refused` 400, 409 or 422."""
    size = last.size if last else 0
    if submission.old > found.size:
        raise Refused(400, f"the old size {submission.old} is beyond the new one {found.size}")
    if submission.old != size:
        raise Refused(409, "another size was cosigned last", size)
    if found.size == 0 and found.root != EMPTY:
        raise Refused(422, "an empty log has the hash of nothing as its root")
    if submission.old == 0:
        if submission.proof:
            raise Refused(422, "nothing can be proved from an empty log")
        return
    assert last is not None
    if not verify_consistency(size, found.size, last.root, found.root, submission.proof):
        raise Refused(422, f"the proof does not lead from {size} to {found.size} leaves")


def cosigned(found: Checkpoint, by_log: Signature, witness: Signer, at: int) -> tuple[str, str]:
    """What is kept (the checkpoint with both signatures) and what is answered (our line). `at` is in POSIX seconds."""
    line = witness.sign(found.text, at)
    return note.write(found.text, [by_log, line]), line.line
