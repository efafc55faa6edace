"""The file that a client keeps beside a record: index, inclusion proof and checkpoint (C2SP tlog-proof).

With the record's bytes and the log's public key it can be checked offline, years later, by anybody's program.
"""

import base64
import re
from dataclasses import dataclass

from visavis.tlog import note
from visavis.tlog.checkpoint import MAX_SIZE, Checkpoint
from visavis.tlog.note import BadNote
from visavis.tlog.policy import Policy
from visavis.tlog.tree import HASH_BYTES, leaf_hash, verify_inclusion

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF = 63
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})", re.ASCII)


@dataclass(frozen=True)
class Evidence:
    """A proof of one leaf. `extra` is not authenticated by itself; ours holds the entry, which the proof then binds."""

    index: int
    proof: tuple[bytes, ...]
    checkpoint: bytes
    extra: bytes | None = None

    @property
    def text(self) -> str:
        """The file's content."""
        lines = [HEADER]
        if self.extra is not None:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines.append(f"index {self.index}")
        lines += [base64.b64encode(one).decode() for one in self.proof]
        return "\n".join(lines) + "\n\n" + self.checkpoint.decode()


def read(content: bytes) -> Evidence:
    """The proof that a file holds; raises `BadNote` where it is malformed."""
    head, parted, checkpoint = content.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError:
        raise BadNote("the proof is not text") from None
    if not parted or lines.pop(0) != HEADER:
        raise BadNote(f"not a proof: it begins with {HEADER}")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = note.decode(lines.pop(0).removeprefix("extra "))
    found = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if found is None or int(found[1]) > MAX_SIZE:
        raise BadNote("no index line")
    proof = tuple(note.decode(line) for line in lines)
    if len(proof) > MAX_PROOF or any(len(one) != HASH_BYTES for one in proof):
        raise BadNote("not the hashes of a proof")
    return Evidence(int(found[1]), proof, checkpoint, extra)


def check(evidence: Evidence, policy: Policy, entry: bytes | None = None) -> Checkpoint:
    """The checkpoint that commits a trusted log to `entry`, by default the file's own; raises `BadNote`."""
    entry = evidence.extra if entry is None else entry
    if entry is None:
        raise BadNote("the file holds no entry; name the one it is to prove")
    found = policy.opened(evidence.checkpoint)
    if evidence.index >= found.size:
        raise BadNote(f"leaf {evidence.index} lies beyond the {found.size} of the checkpoint")
    if not verify_inclusion(
        evidence.index, found.size, leaf_hash(entry), evidence.proof, found.root
    ):
        raise BadNote(f"the proof does not lead from the entry to the root of {found.size} leaves")
    return found
