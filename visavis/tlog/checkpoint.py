"""Checkpoints: origin, size and root of a log as a signed note (C2SP tlog-checkpoint)."""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from visavis.tlog import note
from visavis.tlog.note import BadNote, Signature, Signer, Verifier
from visavis.tlog.tree import EMPTY, HASH_BYTES

MAX_SIZE = 2**63 - 1
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True)
class Checkpoint:
    """What a log commits itself to: `size` leaves under `root`. `extra` are lines that others may have added."""

    origin: str
    size: int
    root: bytes
    extra: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The lines that are signed."""
        root = base64.b64encode(self.root).decode()
        return "".join(f"{line}\n" for line in (self.origin, str(self.size), root, *self.extra))


def parse(text: str) -> Checkpoint:
    """The checkpoint that a note's text holds; raises `BadNote`."""
    if not text.endswith("\n"):
        raise BadNote("the checkpoint does not end with a newline")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise BadNote("a checkpoint has an origin, a size and a root")
    if not _SIZE.fullmatch(lines[1]) or int(lines[1]) > MAX_SIZE:
        raise BadNote(f"not a size: {lines[1]}")
    root = note.decode(lines[2])
    if len(root) != HASH_BYTES:
        raise BadNote("the root is not a SHA-256 hash")
    return Checkpoint(lines[0], int(lines[1]), root, tuple(lines[3:]))


def sign(checkpoint: Checkpoint, signer: Signer) -> str:
    """The checkpoint as a note; Ed25519 is deterministic, so the same checkpoint gives the same bytes."""
    return note.write(checkpoint.text, [signer.sign(checkpoint.text)])


def opened(signed: bytes, log: Verifier) -> Checkpoint:
    """The checkpoint of this log; raises `BadNote` unless its key signed it and its name is the origin."""
    text, _ = note.verified(signed, [log])
    found = parse(text)
    if found.size == 0 and found.root != EMPTY:
        raise BadNote("an empty log has the hash of nothing as its root")
    if found.origin != log.name:
        raise BadNote(f"a checkpoint of {found.origin}, not of {log.name}")
    return found


def with_cosignatures(signed: str, lines: Sequence[Signature]) -> str:
    """The note with further signatures below it; one that it already has is not added twice."""
    text, present = note.split(signed.encode())
    fresh = [one for one in lines if one not in present]
    return note.write(text, [*present, *fresh])
