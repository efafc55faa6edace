"""Daily timestamps of the checkpoint by an authority of our own: OpenSSL's, as a web server."""

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest

from tests.tlog import auditor
from visavis.archive import api, jobs, keys, log, stamping
from visavis.archive.keys import KeyRing
from visavis.archive.log import Log
from visavis.archive.sequencer import Sequencer
from visavis.archive.stamping import NotStamped
from visavis.archive.types import Fact
from visavis.kernel.auth import Environment
from visavis.kernel.clock import FakeClock
from visavis.kernel.db import Database
from visavis.kernel.settings import Settings
from visavis.tlog import note
from visavis.tlog.note import ED25519, Signer
from visavis.tlog.policy import of_log
from visavis.tlog.sources import Folder

SIGNER = Signer("example.test/log", ED25519, bytes(range(32)))
CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {home}/serial
crypto_device = builtin
signer_cert = {home}/cert.pem
certs = {home}/cert.pem
signer_key = {home}/key.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[req]
distinguished_name = name
x509_extensions = use
prompt = no
[name]
CN = test authority
[use]
extendedKeyUsage = critical,timeStamping
"""


@pytest.fixture
def authority(tmp_path: Path) -> Callable[[httpx.Request], httpx.Response]:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl on this machine")
    home = tmp_path / "tsa"
    home.mkdir()
    (home / "conf").write_text(CONFIG.format(home=home))
    (home / "serial").write_text("01\n")
    openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "9", "-config", home / "conf",
        "-keyout", home / "key.pem", "-out", home / "cert.pem",
    )  # fmt: skip

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["content-type"] == "application/timestamp-query"
        (home / "query").write_bytes(request.content)
        openssl(
            "ts", "-reply", "-config", home / "conf", "-queryfile", home / "query", "-out",
            home / "reply",
        )  # fmt: skip
        return httpx.Response(200, content=(home / "reply").read_bytes())

    return answer


def openssl(*args: object) -> None:
    subprocess.run(["openssl", *(str(one) for one in args)], check=True, capture_output=True)


async def test_the_checkpoint_is_stamped_once_a_day(
    database: Database,
    tmp_path: Path,
    clock: FakeClock,
    authority: Callable[[httpx.Request], httpx.Response],
) -> None:
    keys.install(KeyRing(bytes(32)))
    log.install(Log(Folder(tmp_path / "log"), SIGNER, of_log(SIGNER.verifier), "http://tsa.test"))
    http = httpx.AsyncClient(transport=httpx.MockTransport(authority))
    sequencer = Sequencer(database, log.current())

    async def stamp() -> int | None:
        async with database.transaction() as tx:
            await api.append_one(tx, Fact("note", uuid4(), UUID(int=1), Environment.TEST, {}))
        await sequencer.step()
        async with database.transaction() as tx:
            return await api.stamp_checkpoint(tx, http)

    async with database.transaction() as tx:
        assert await api.stamp_checkpoint(tx, http) is None, "nothing to stamp"
    assert await stamp() == 1
    assert await stamp() is None
    await clock.advance(24 * 3600 + 1)
    assert await stamp() == 3
    auditor.agrees(log.current())
    await http.aclose()
    async with database.transaction() as tx:
        newest, first = await api.stamps(tx)
        batch = (await api.batches(tx))[0]
    assert (newest.size, first.size) == (3, 1)
    # What is kept is checked by OpenSSL against the authority's certificate; changed, it is refused.
    assert batch.checkpoint is not None
    text, _ = note.split(batch.checkpoint.encode())
    assert newest.text == text
    (tmp_path / "text").write_text(text)
    (tmp_path / "response").write_bytes(newest.response)
    check = (
        "ts", "-verify", "-data", tmp_path / "text", "-in", tmp_path / "response", "-CAfile",
        tmp_path / "tsa/cert.pem",
    )  # fmt: skip
    openssl(*check)
    (tmp_path / "text").write_text(text + " ")
    with pytest.raises(subprocess.CalledProcessError):
        openssl(*check)


async def test_answers_that_are_no_timestamp(
    authority: Callable[[httpx.Request], httpx.Response],
) -> None:
    async def ask(answer: Callable[[httpx.Request], httpx.Response]) -> bytes:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
            return await stamping.stamp("http://tsa.test", "text\n", http)

    good = await ask(authority)
    refused = bytes.fromhex("30053003020102")
    for answer, what in (
        (httpx.Response(503), "does not answer"),
        (httpx.Response(200, content=b""), "not a timestamp response"),
        (httpx.Response(200, content=b"\x30\x82\x01"), "not a timestamp response"),
        (httpx.Response(200, content=b"\x30\x20\x30"), "not a timestamp response"),
        (httpx.Response(200, content=refused), "status 2"),
        (httpx.Response(200, content=good), "something else"),  # of an earlier nonce
    ):
        with pytest.raises(NotStamped, match=what):
            await ask(lambda _, answer=answer: answer)
    digest = hashlib.sha256(b"other\n").digest()
    with pytest.raises(NotStamped, match="something else"):
        stamping.check(good, digest, 5)


async def test_without_an_authority_the_job_does_nothing(
    database: Database, settings: Settings
) -> None:
    api.install(settings)
    async with database.transaction() as tx:
        await jobs.stamp(tx, {})
        assert await api.stamps(tx) == []
    api.install(settings.model_copy(update={"archive_timestamps": "http://tsa.test/"}))
    assert log.current().authority == "http://tsa.test/"
