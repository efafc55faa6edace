"""Where the masters lie that wrap the wrapping keys: apart from the database, with a backup of their own.

By default files in the data folder (mode 0600); behind VISAVIS_MASTER_KEYS the same files sealed by an AES key that
never leaves a PKCS#11 token, or a secret of a Vault server (KV version 2). A master that is destroyed is destroyed in
the store; its backups must have as short a life as the retention policy says.
"""

import base64
import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

import httpx

from visavis.kernel.settings import Settings, WrongSettings

ID_BYTES = 8
MASTER_BYTES = 32
TIMEOUT_S = 10.0

# Keys of tokens in use: a process logs in to a token once.
_OPENED: dict[tuple[str, str, str], Any] = {}

# Id -> key, the oldest first; the last one wraps.
Masters = Mapping[bytes, bytes]


class NoMasters(Exception):
    """The store of the masters does not answer as it must; the text says how."""


class Store(Protocol):
    """Keeps masters."""

    def load(self) -> Masters:
        """All masters; raises `NoMasters`."""
        ...

    def add(self, key: bytes) -> None:
        """Keep a new master, durably, as the last one; raises `NoMasters`."""
        ...

    def destroy(self, ids: Sequence[bytes]) -> None:
        """Forget these masters for good; raises `NoMasters`."""
        ...


class Guard(Protocol):
    """Seals what lies in files."""

    def seal(self, secret: bytes) -> bytes:
        """The sealed secret."""
        ...

    def unseal(self, sealed: bytes) -> bytes:
        """The secret; raises `NoMasters`."""
        ...


def id_of(key: bytes) -> bytes:
    """Eight bytes that name a master and tell nothing of it."""
    return hashlib.sha256(b"visavis wrapping master" + key).digest()[:ID_BYTES]


class Files:
    """Masters as files `000001.key` of a folder, sealed where there is a guard."""

    def __init__(self, folder: Path, guard: Guard | None = None) -> None:
        self._folder = folder
        self._guard = guard

    def load(self) -> Masters:
        """All masters; raises `NoMasters`."""
        found = {}
        for path in sorted(self._folder.glob("*.key")):
            content = path.read_bytes()
            key = self._guard.unseal(content) if self._guard else content
            if len(key) != MASTER_BYTES:
                raise NoMasters(f"{path} does not hold a key; is VISAVIS_MASTER_KEYS another one?")
            found[id_of(key)] = key
        return found

    def add(self, key: bytes) -> None:
        """Keep a new master, durably, as the last one."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        numbers = [int(path.stem) for path in self._folder.glob("*.key")]
        path = self._folder / f"{max(numbers, default=0) + 1:06d}.key"
        fresh = path.with_suffix(".new")
        handle = os.open(fresh, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        with open(handle, "wb") as file:
            file.write(self._guard.seal(key) if self._guard else key)
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
        self._sync()

    def destroy(self, ids: Sequence[bytes]) -> None:
        """Overwrite and delete these masters."""
        for path in sorted(self._folder.glob("*.key")):
            content = path.read_bytes()
            key = self._guard.unseal(content) if self._guard else content
            if id_of(key) in ids:
                with path.open("r+b") as file:
                    file.write(bytes(len(content)))
                    file.flush()
                    os.fsync(file.fileno())
                path.unlink()
        self._sync()

    def _sync(self) -> None:
        handle = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class Token:
    """An AES key on a PKCS#11 token that seals files: AES-GCM, the nonce before the ciphertext."""

    def __init__(self, library: str, token: str, label: str, pin: str) -> None:
        try:
            import pkcs11  # noqa: PLC0415  # only who has a token needs the package
            from pkcs11 import exceptions  # noqa: PLC0415
        except ImportError:
            raise NoMasters(
                "pkcs11:… needs the extra pkcs11: pip install 'visavis[pkcs11]'"
            ) from None
        self._failures = (exceptions.PKCS11Error, RuntimeError, ValueError)
        self._mechanism, self._parameters = pkcs11.Mechanism.AES_GCM, pkcs11.GCMParams
        try:
            found = _OPENED.get((library, token, label))
            if found is None:
                session = pkcs11.lib(library).get_token(token_label=token).open(user_pin=pin)
                found = session.get_key(object_class=pkcs11.ObjectClass.SECRET_KEY, label=label)
            self._key = _OPENED[library, token, label] = found
        except self._failures as error:
            raise NoMasters(f"PKCS#11 {token}/{label}: {type(error).__name__} {error}") from None

    def seal(self, secret: bytes) -> bytes:
        """The sealed secret."""
        nonce = os.urandom(12)
        sealed: bytes = self._key.encrypt(
            secret, mechanism=self._mechanism, mechanism_param=self._parameters(nonce)
        )
        return nonce + sealed

    def unseal(self, sealed: bytes) -> bytes:
        """The secret; raises `NoMasters`."""
        try:
            secret: bytes = self._key.decrypt(
                sealed[12:],
                mechanism=self._mechanism,
                mechanism_param=self._parameters(sealed[:12]),
            )
        except self._failures as error:
            raise NoMasters(f"the token does not open a master: {type(error).__name__}") from None
        return secret


class Vault:
    """One secret of a Vault server's KV version 2 engine: `{"masters": "<base64>,<base64>,…"}`."""

    def __init__(self, url: str, token: str, client: httpx.Client | None = None) -> None:
        parts = urlsplit(url)
        mount, _, path = parts.path.strip("/").partition("/")
        if not parts.hostname or not mount or not path:
            raise NoMasters(f"not the address of a secret, https://HOST/MOUNT/PATH: {url}")
        self._base = f"{parts.scheme}://{parts.netloc}/v1/{mount}"
        self._path = path
        self._client = client or httpx.Client(timeout=TIMEOUT_S)
        self._headers = {"X-Vault-Token": token}

    def load(self) -> Masters:
        """All masters; raises `NoMasters`."""
        keys, _ = self._read()
        return {id_of(key): key for key in keys}

    def add(self, key: bytes) -> None:
        """Keep a new master as the last one, only on top of what was read; raises `NoMasters`."""
        keys, version = self._read()
        self._write([*keys, key], version)

    def destroy(self, ids: Sequence[bytes]) -> None:
        """Write the others as a new version and destroy every version that held these; raises `NoMasters`."""
        keys, version = self._read()
        self._write([key for key in keys if id_of(key) not in ids], version)
        self._call("PUT", "destroy", {"versions": list(range(1, version + 1))})

    def _read(self) -> tuple[list[bytes], int]:
        answer = self._call("GET", "data", None)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return [], 0
        try:
            found = answer.json()["data"]
            texts = found["data"]["masters"].split(",")
            return [base64.b64decode(one) for one in texts if one], int(
                found["metadata"]["version"]
            )
        except (ValueError, KeyError, TypeError):
            raise NoMasters("Vault's answer is not a KV version 2 secret of masters") from None

    def _write(self, keys: Sequence[bytes], version: int) -> None:
        text = ",".join(base64.b64encode(key).decode() for key in keys)
        self._call("POST", "data", {"options": {"cas": version}, "data": {"masters": text}})

    def _call(self, method: str, part: str, body: object) -> httpx.Response:
        try:
            answer = self._client.request(
                method, f"{self._base}/{part}/{self._path}", headers=self._headers, json=body
            )
        except httpx.HTTPError as error:
            raise NoMasters(f"Vault does not answer: {type(error).__name__}") from None
        if answer.is_error and not (
            method == "GET" and answer.status_code == httpx.codes.NOT_FOUND
        ):
            raise NoMasters(f"Vault answers {answer.status_code} to {method} {part}")
        return answer


def of_settings(settings: Settings) -> Store:
    """The store that the operator chose; raises `WrongSettings`."""
    folder = settings.home / "keys" / "wrapping"
    kind, _, rest = settings.master_keys.partition(":")
    try:
        if kind == "vault":
            return Vault(rest, settings.master_keys_secret)
        if kind == "pkcs11":
            asked = parse_qs(urlsplit(rest).query)
            names = (asked["token"][0], asked["label"][0])
            return Files(folder, Token(urlsplit(rest).path, *names, settings.master_keys_secret))
    except (NoMasters, KeyError) as error:
        raise WrongSettings(f"VISAVIS_MASTER_KEYS: {error}") from None
    return Files(folder)
