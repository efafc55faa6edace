"""Trust policies: which logs, which witnesses, and how many of them must have signed (C2SP tlog-policy)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from visavis.tlog import note
from visavis.tlog.checkpoint import Checkpoint, parse
from visavis.tlog.note import COSIGNATURE, ED25519, BadNote, Verifier
from visavis.tlog.tree import EMPTY

NONE = "none"
LIMIT = 1_000


class BadPolicy(ValueError):
    """A policy file that cannot be followed; the text names the line."""


@dataclass(frozen=True)
class Party:
    """A log or witness: its key, and where it answers (empty: nowhere stated)."""

    key: Verifier
    url: str = ""


@dataclass(frozen=True)
class Group:
    """At least `least` of the members must have signed."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """Whom to trust. `quorum` names a witness or group; `none` asks for no witness.

    A log's key bears the log's name, its origin; `origin` is a name that it may have besides.
    """

    logs: tuple[Party, ...] = ()
    witnesses: Mapping[str, Party] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE
    origin: str = ""

    def satisfied(self, signed: Collection[str]) -> bool:
        """Whether these witnesses, by the names of the policy, make the quorum."""
        return self.quorum == NONE or self._holds(self.quorum, signed)

    def _holds(self, name: str, signed: Collection[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in signed
        return sum(self._holds(one, signed) for one in group.members) >= group.least

    def witnessed_by(self, signed: bytes) -> list[str]:
        """The witnesses of the policy that signed this checkpoint; raises `BadNote` when a signature is wrong."""
        text, signatures = note.split(signed)
        found = []
        for name, party in self.witnesses.items():
            for one in signatures:
                if (one.name, one.key_id) != (party.key.name, party.key.key_id):
                    continue
                if not party.key.verifies(text, one.value):
                    raise BadNote(f"the signature of {one.name} is wrong")
                found.append(name)
                break
        return found

    def opened(self, signed: bytes) -> Checkpoint:
        """The checkpoint, if one of the logs signed it and the quorum did; raises `BadNote`."""
        text, signatures = note.verified(signed, [one.key for one in self.logs])
        found = parse(text)
        if found.origin not in {self.origin, *(one.name for one in signatures)}:
            raise BadNote(f"no key of {found.origin} signed")
        if found.size == 0 and found.root != EMPTY:
            raise BadNote("an empty log has the hash of nothing as its root")
        if not self.satisfied(self.witnessed_by(signed)):
            raise BadNote("too few witnesses signed")
        return found


def of_log(key: Verifier, origin: str = "") -> Policy:
    """Trust this log's key alone; `origin` is the log's name where it is not the key's."""
    return Policy(logs=(Party(key),), origin=origin)


def read(text: str) -> Policy:
    """The policy of a file; raises `BadPolicy`."""
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if not words or words[0].startswith("#"):
            continue
        try:
            reader.take(words)
        except (BadNote, BadPolicy) as error:
            raise BadPolicy(f"line {number}: {error}") from None
    if reader.quorum is None:
        raise BadPolicy("no quorum line")
    return Policy(tuple(reader.logs), reader.witnesses, reader.groups, reader.quorum)


class _Reader:
    """A policy in the making, line by line."""

    def __init__(self) -> None:
        self.logs: list[Party] = []
        self.witnesses: dict[str, Party] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._members: set[str] = set()
        self._keys: set[tuple[int, bytes]] = set()

    def take(self, words: list[str]) -> None:
        """Take in one line's words."""
        if words[0] == "log" and len(words) in (2, 3):
            self.logs.append(self._party(words[1], words[2:], ED25519))
        elif words[0] == "witness" and len(words) in (3, 4):
            self._fresh(words[1])
            self.witnesses[words[1]] = self._party(words[2], words[3:], COSIGNATURE)
        elif words[0] == "group" and len(words) >= 4:
            self._fresh(words[1])
            self.groups[words[1]] = self._group(words[2], words[3:])
        elif words[0] == "quorum" and len(words) == 2:
            if self.quorum is not None:
                raise BadPolicy("a second quorum")
            if words[1] != NONE:
                self._known(words[1])
            self.quorum = words[1]
        else:
            raise BadPolicy(f"not a line of a policy: {' '.join(words)}")
        if len(self.logs) + len(self.witnesses) + len(self.groups) > LIMIT:
            raise BadPolicy("too many lines")

    def _party(self, vkey: str, url: list[str], kind: int) -> Party:
        key = note.verifier_of(vkey)
        if key.kind != kind:
            raise BadPolicy(f"{key.name}: the wrong type of key")
        if (kind, key.public) in self._keys:
            raise BadPolicy(f"{key.name}: the key stands here twice")
        self._keys.add((kind, key.public))
        return Party(key, url[0] if url else "")

    def _group(self, least: str, members: list[str]) -> Group:
        for one in members:
            self._known(one)
            if one in self._members:
                raise BadPolicy(f"{one} is a member twice")
            self._members.add(one)
        count = {"all": len(members), "any": 1}.get(least)
        if count is None:
            if not (least.isascii() and least.isdigit()) or not 1 <= int(least) <= len(members):
                raise BadPolicy(f"not a number of members: {least}")
            count = int(least)
        return Group(count, tuple(members))

    def _fresh(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise BadPolicy(f"the name {name} is taken")

    def _known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise BadPolicy(f"{name} is not defined above")
