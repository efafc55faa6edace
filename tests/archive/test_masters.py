"""Masters: they rotate, the old ones are destroyed, and they may lie on a token or in a Vault."""

import asyncio
import base64
import os
import shutil
import subprocess
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
from cryptography.exceptions import InvalidTag

from visavis.archive import api, keys, masters
from visavis.archive.keys import KeyRing
from visavis.archive.masters import Files, NoMasters, Token, Vault, id_of
from visavis.archive.types import Fact, KeyDestroyed, RetentionClass
from visavis.kernel.auth import Environment
from visavis.kernel.db import Database
from visavis.kernel.settings import Settings, WrongSettings


def fact(whose: UUID) -> Fact:
    return Fact("message", uuid4(), whose, Environment.TEST, {"said": "words"}, {})


async def test_rotation_opens_everything_but_old_copies(database: Database, tmp_path: Path) -> None:
    ring = KeyRing.of_folder(tmp_path)
    keys.install(ring)
    secret = api.keep_secret(b"a seed", "totp")
    async with database.transaction() as tx:
        first = await api.append_one(tx, fact(UUID(int=1)))
        await api.append_one(tx, fact(UUID(int=2)))
        stolen = await tx.fetchrow("SELECT * FROM wrapping_key ORDER BY id LIMIT 1")
    assert stolen is not None
    before = ring.masters
    async with database.transaction() as tx:
        assert await api.rotate_masters(tx) == 2
        assert set(before) < set(ring.masters), "until the commit both are there"
    assert len(ring.masters) == 1
    assert ring.masters != before
    keys.install(KeyRing.of_folder(tmp_path))  # as after a restart
    async with database.transaction() as tx:
        assert (await api.open_record(tx, first)).body == {"said": "words"}
        ids = [row["master_id"] for row in await tx.fetch("SELECT master_id FROM wrapping_key")]
    assert ids == [ring.master_id] * 2
    assert api.open_secret(secret, "totp") == b"a seed"
    # The row as a backup of the database still holds it opens nothing any more.
    purpose = f"wrapping {stolen['relationship_id']} {stolen['retention_class']}"
    with pytest.raises(InvalidTag):
        keys.ring().unwrap(stolen["wrapped"], purpose)
    assert len([*(tmp_path / "keys/wrapping").iterdir()]) == 1


async def test_keys_of_another_database_are_noticed(database: Database, tmp_path: Path) -> None:
    keys.install(KeyRing.of_folder(tmp_path / "ours"))
    async with database.transaction() as tx:
        assert await api.keys_fit(tx), "there is nothing yet that they could open"
        await api.append_one(tx, fact(UUID(int=1)))
        assert await api.keys_fit(tx)
        keys.install(KeyRing.of_folder(tmp_path / "others"))
        assert not await api.keys_fit(tx)


async def test_a_rotation_that_is_rolled_back_destroys_nothing(
    database: Database, tmp_path: Path
) -> None:
    keys.install(KeyRing.of_folder(tmp_path))
    async with database.transaction() as tx:
        record = await api.append_one(tx, fact(UUID(int=1)))

    async def give_up() -> None:
        async with database.transaction() as tx:
            await api.rotate_masters(tx)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await give_up()
    async with database.transaction() as tx:
        await api.append_one(tx, fact(UUID(int=2)))
        assert (await api.open_record(tx, record)).body == {"said": "words"}


async def test_what_is_wrapped_by_the_first_key_alone_is_taken_along(
    database: Database, tmp_path: Path
) -> None:
    """Installations from before there were masters."""
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys/master.key").write_bytes(bytes(32))
    keys.install(KeyRing(bytes(32)))
    async with database.transaction() as tx:
        record = await api.append_one(tx, fact(UUID(int=1)))
    keys.install(KeyRing.of_folder(tmp_path))
    async with database.transaction() as tx:
        assert (await api.open_record(tx, record)).body == {"said": "words"}
        await api.rotate_masters(tx)
    keys.install(KeyRing.of_folder(tmp_path))
    async with database.transaction() as tx:
        assert (await api.open_record(tx, record)).body == {"said": "words"}


async def test_another_process_that_still_wraps_under_the_old_master_notices(
    database: Database, tmp_path: Path
) -> None:
    ours, theirs = KeyRing.of_folder(tmp_path), KeyRing.of_folder(tmp_path)
    keys.install(ours)
    async with database.transaction() as tx:
        await api.append_one(tx, fact(UUID(int=1)))
        await api.rotate_masters(tx)
    keys.install(theirs)
    async with database.transaction() as tx:
        record = await api.append_one(tx, fact(UUID(int=2)))
    keys.install(KeyRing.of_folder(tmp_path))
    async with database.transaction() as tx:
        assert (await api.open_record(tx, record)).body == {"said": "words"}
        assert await tx.fetchval("SELECT count(DISTINCT master_id) FROM wrapping_key") == 1


async def test_a_key_that_another_process_destroyed_seals_nothing_here(
    database: Database, tmp_path: Path
) -> None:
    keys.install(KeyRing.of_folder(tmp_path))
    one, other = UUID(int=1), UUID(int=2)

    async def said(whose: UUID) -> None:
        async with database.transaction() as tx:
            await api.append_one(tx, fact(whose))

    async def follow() -> bool:
        async with database.transaction() as tx:
            return await api.follow_rotation(tx)

    assert not await follow()
    for whose in (one, other):
        await said(whose)
    here = keys.ring()
    assert not await follow()
    keys.install(KeyRing.of_folder(tmp_path))  # another process
    async with database.transaction() as tx:
        await api.destroy_keys(tx, one)
        await api.rotate_masters(tx)
    keys.install(here)
    assert {scope[0] for scope in here.known} == {one, other}
    assert await follow()
    assert not here.known
    assert len(here.masters) == 1
    assert not await follow()
    with pytest.raises(KeyDestroyed):
        await said(one)
    await said(other)


async def test_nobody_makes_a_key_while_the_masters_rotate(
    database: Database, tmp_path: Path
) -> None:
    keys.install(KeyRing.of_folder(tmp_path))
    async with database.transaction() as tx:
        await api.append_one(tx, fact(UUID(int=1)))
    held = asyncio.Event()

    async def rotate() -> None:
        async with database.transaction() as tx:
            await api.rotate_masters(tx)
            held.set()

    async def write() -> UUID:
        await held.wait()
        async with database.transaction() as tx:
            return await api.append_one(tx, fact(UUID(int=3)))

    _, record = await asyncio.gather(rotate(), write())
    keys.install(KeyRing.of_folder(tmp_path))
    async with database.transaction() as tx:
        assert (await api.open_record(tx, record)).body == {"said": "words"}


def test_a_ring_without_masters_keeps_its_one_key() -> None:
    ring = KeyRing(bytes(32))
    ring.add_master()
    ring.destroy_masters([])
    assert ring.masters == []
    assert ring.unwrap(ring.wrap_key(bytes(32), "x"), "x") == bytes(32)
    ring.remember({(UUID(int=1), RetentionClass.BUSINESS.value): (UUID(int=2), b"k")})
    ring.forget([(UUID(int=1), RetentionClass.BUSINESS.value)])
    assert not ring.known


class FakeVault:
    """The part of Vault's KV version 2 interface that is used: read, write with check-and-set, destroy."""

    def __init__(self) -> None:
        self.versions: list[dict[str, str] | None] = []
        self.broken = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.broken:
            return httpx.Response(503)
        if request.headers["X-Vault-Token"] != "s.token":
            return httpx.Response(403)
        part, path = request.url.path.removeprefix("/v1/secret/").split("/", 1)
        assert path == "firm/visavis"
        if request.method == "GET":
            if not self.versions or self.versions[-1] is None:
                return httpx.Response(404, json={"errors": []})
            metadata = {"version": len(self.versions)}
            return httpx.Response(
                200, json={"data": {"data": self.versions[-1], "metadata": metadata}}
            )
        body = httpx.Response(200, content=request.content).json()
        if part == "destroy":
            for number in body["versions"]:
                self.versions[number - 1] = None
            return httpx.Response(204)
        if body["options"]["cas"] != len(self.versions):
            return httpx.Response(400)
        self.versions.append(body["data"])
        return httpx.Response(200, json={})


def vault(server: FakeVault, token: str = "s.token") -> Vault:
    client = httpx.Client(transport=httpx.MockTransport(server))
    return Vault("https://vault.test/secret/firm/visavis", token, client)


def test_masters_in_a_vault(tmp_path: Path) -> None:
    server = FakeVault()
    ring = KeyRing.of_folder(tmp_path, vault(server))
    wrapped = ring.wrap_key(bytes(32), "x")
    assert not (tmp_path / "keys/wrapping").exists()
    again = KeyRing.of_folder(tmp_path, vault(server))
    assert again.unwrap(wrapped, "x") == bytes(32)
    before = again.masters
    again.add_master()
    again.destroy_masters(before)
    assert [version is None for version in server.versions] == [True, True, False]
    with pytest.raises(InvalidTag):
        again.unwrap(wrapped, "x")
    with pytest.raises(NoMasters, match="403"):
        vault(server, "s.other").load()
    server.versions[-1] = {"something": "else"}
    with pytest.raises(NoMasters, match="not a KV version 2"):
        vault(server).load()
    server.broken = True
    with pytest.raises(NoMasters, match="503"):
        vault(server).load()
    for url in ("https://vault.test/secret", "https:///secret/x"):
        with pytest.raises(NoMasters, match="not the address"):
            Vault(url, "")

    def cut(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody")

    with pytest.raises(NoMasters, match="does not answer"):
        Vault("https://vault.test/a/b", "", httpx.Client(transport=httpx.MockTransport(cut))).load()


SOFTHSM = next(
    (one for one in Path("/usr/lib").rglob("libsofthsm2.so"))
    if Path("/usr/lib/softhsm").exists()
    else iter(()),
    None,
)


def test_masters_sealed_by_a_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pkcs11 = pytest.importorskip("pkcs11", reason="python-pkcs11 is not installed")
    if SOFTHSM is None or shutil.which("softhsm2-util") is None:
        pytest.skip("no SoftHSM on this machine")
    (tmp_path / "tokens").mkdir()
    conf = tmp_path / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(conf))
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "firm", "--pin", "1234", "--so-pin",
         "5678"],
        check=True, capture_output=True, env={**os.environ, "SOFTHSM2_CONF": str(conf)},
    )  # fmt: skip
    session = pkcs11.lib(str(SOFTHSM)).get_token(token_label="firm").open(rw=True, user_pin="1234")
    session.generate_key(pkcs11.KeyType.AES, 256, label="masters", store=True)
    session.close()
    settings = Settings(
        home=tmp_path,
        master_keys=f"pkcs11:{SOFTHSM}?token=firm&label=masters",
        master_keys_secret="1234",
    )
    ring = keys.of_settings(settings)
    wrapped = ring.wrap_key(bytes(32), "x")
    (path,) = (tmp_path / "keys/wrapping").iterdir()
    assert ring.masters == [*masters.of_settings(settings).load()]
    assert len(path.read_bytes()) == 12 + 32 + 16, "sealed: nonce, ciphertext, tag"
    assert keys.of_settings(settings).unwrap(wrapped, "x") == bytes(32)
    with pytest.raises(NoMasters, match="does not hold a key"):
        Files(tmp_path / "keys/wrapping").load()
    path.write_bytes(bytes(60))
    with pytest.raises(WrongSettings, match="does not open a master"):
        keys.of_settings(settings)
    with pytest.raises(NoMasters, match="nothing"):
        Token(str(SOFTHSM), "firm", "nothing", "1234")


def test_stores_that_cannot_be_used(tmp_path: Path) -> None:
    for value in (
        "vault:https://vault.test",
        "pkcs11:/nowhere.so",
        "pkcs11:/no.so?token=a&label=b",
    ):
        with pytest.raises(WrongSettings, match="VISAVIS_MASTER_KEYS"):
            keys.of_settings(Settings(home=tmp_path, master_keys=value))
    with pytest.raises(ValueError, match="should begin with"):
        Settings(master_keys="elsewhere")
    assert base64.b64encode(id_of(bytes(32)))
