"""What the commands `visavis archive …` are given: keys, policies, entries. What cannot be used is said in one line."""

import base64
import binascii
from pathlib import Path

import typer

from visavis.archive import api as archive
from visavis.tlog import checkpoint, note, policy
from visavis.tlog.checkpoint import Checkpoint
from visavis.tlog.note import ED25519, BadNote, Signer, Verifier
from visavis.tlog.policy import BadPolicy, Policy
from visavis.tlog.sources import Folder, Source, Web
from visavis.tlog.tiles import MAX_ENTRY
from visavis.tlog.tree import EMPTY


class Unusable(Exception):
    """What the command was given cannot be used; the text says what and why."""


def trusted(vkey: str, policy_file: Path | None, home: Path | None, origin: str = "") -> Policy:
    """Whom the command is to trust: who is named, else the log of the data folder `home`. Raises `Unusable`.

    `origin` is the name of the log where it is not that of its key.
    """
    try:
        if policy_file:
            return policy.read(read_file(policy_file).decode())
        if vkey:
            return policy.of_log(log_in(vkey), origin)
        if home and (own := archive.own_key(home)):
            return policy.of_log(own)
    except (BadNote, BadPolicy, UnicodeDecodeError) as error:
        raise Unusable(f"cannot trust that: {error}") from None
    raise Unusable("name the log's public key with --vkey, or a policy with --policy")


def log_in(named: str) -> Verifier:
    """The public key of a log that a text is, or that a file of that name holds; raises `BadNote`."""
    found = note.verifier_of(_text_or_file(named, "+"))
    if found.kind != ED25519:
        raise BadNote("the key of a witness, not of a log")
    return found


def signer_in(named: str) -> Signer:
    """The private key of a log that a text is, or that a file of that name holds; raises `Unusable`."""
    try:
        found = note.signer_of(_text_or_file(named, "PRIVATE+KEY+"))
    except BadNote as error:
        raise Unusable(f"--key: {error}") from None
    if found.kind != ED25519:
        raise Unusable("--key: the key of a witness cannot sign a log")
    return found


def origin_in(named: str, signer: Signer) -> str:
    """The name, if a checkpoint can bear it; raises `Unusable`. Says so where verifiers will expect another."""
    try:
        of_log = policy.of_log(signer.verifier, named)
        of_log.opened(checkpoint.sign(Checkpoint(named, 0, EMPTY), signer).encode())
    except BadNote as error:
        raise Unusable(f"--origin {named!r}: {error}") from None
    if named != signer.name:
        typer.echo(
            f"visavis: the log is named {named}, its key {signer.name}: verifiers take a key's name"
            f" for the log's and refuse it unless told, here with --origin {named}",
            err=True,
        )
    return named


def source_in(folder: Path | None, url: str) -> Source | None:
    """The log of a folder or an address; None where neither is named. Raises `Unusable`."""
    if folder and url:
        raise Unusable("name the log with --dir or with --url, not with both")
    if folder and not folder.is_dir():
        raise Unusable(f"cannot read {folder}: no such folder")
    return Web(url) if url else Folder(folder) if folder else None


def read_entries(path: Path) -> list[bytes]:
    """The entries of a file, one in base64 per line; an empty line is an empty entry. Raises `Unusable`."""
    lines = read_file(path).split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    found = []
    for number, line in enumerate(lines, 1):
        try:
            entry = base64.b64decode(line.strip(), validate=True)
        except (binascii.Error, ValueError):
            raise Unusable(f"{path}, line {number}: not base64") from None
        if len(entry) > MAX_ENTRY:
            what = f"an entry of {len(entry)} bytes; {MAX_ENTRY} is the most"
            raise Unusable(f"{path}, line {number}: {what}")
        found.append(entry)
    if empty := found.count(b""):
        typer.echo(f"visavis: empty entries for {empty} empty lines of {path}", err=True)
    return found


def read_file(path: Path) -> bytes:
    """The file's bytes; raises `Unusable`."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unusable(f"cannot read {path}: {error.strerror}") from None


def write_file(path: Path, content: bytes) -> None:
    """Write the file; raises `Unusable`."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Unusable(f"cannot write {path}: {error.strerror}") from None


def _text_or_file(named: str, mark: str) -> str:
    if mark in named and not Path(named).is_file():
        return named.strip()
    return read_file(Path(named)).decode("utf-8", "replace").strip()
