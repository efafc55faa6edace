"""The log in a bucket with Object Lock, against moto where it is installed."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.tlog import auditor
from visavis.archive import api, keys, log
from visavis.archive.keys import KeyRing
from visavis.archive.objects import Bucket, NoBucket, of_address
from visavis.archive.sequencer import Sequencer
from visavis.archive.types import Fact
from visavis.kernel.auth import Environment
from visavis.kernel.db import Database
from visavis.kernel.settings import Settings, WrongSettings
from visavis.tlog.auditing import Audit
from visavis.tlog.policy import of_log
from visavis.tlog.sources import Conflict, Missing


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    moto = pytest.importorskip("moto", reason="moto is not installed")
    boto3 = pytest.importorskip("boto3", reason="boto3 is not installed")
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    with moto.mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="record", ObjectLockEnabledForBucket=True)
        yield client


async def test_the_log_lives_in_a_bucket(s3: Any, database: Database, settings: Settings) -> None:
    keys.install(KeyRing(bytes(32)))
    found = log.of_settings(
        settings.model_copy(update={"archive_store": "s3://record/firm/log?lock_days=7300"})
    )
    log.install(found)
    for count in (3, 300):
        async with database.transaction() as tx:
            ids = await api.append(
                tx,
                [
                    Fact("note", uuid4(), UUID(int=1), Environment.TEST, {"n": n})
                    for n in range(count)
                ],
            )
        assert await Sequencer(database, found).step() in (0, count)
        async with database.transaction() as tx:
            await tx.execute("DELETE FROM lease")
    await Sequencer(database, found).step()
    audit = Audit(found.target, of_log(found.signer.verifier))
    assert [level.fault for level in audit.levels()] == [None] * 3
    auditor.agrees(found)
    async with database.transaction() as tx:
        assert (await api.evidence(tx, ids[-1])).index == 302
    # Nobody deletes what is locked, not even with the bypass that governance would allow.
    key = "firm/log/tile/0/000"
    version = s3.head_object(Bucket="record", Key=key)
    assert version["ObjectLockMode"] == "COMPLIANCE"
    assert version["ObjectLockRetainUntilDate"].year >= datetime.now(UTC).year + 19
    with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
        s3.delete_object(
            Bucket="record", Key=key, VersionId=version["VersionId"],
            BypassGovernanceRetention=True,
        )  # fmt: skip
    assert "immutable" in version["CacheControl"]


def test_names_are_written_once(s3: Any) -> None:
    bucket = Bucket(s3, "record")
    bucket.put([("tile/0/000", b"one")])
    bucket.put([("tile/0/000", b"one")])
    with pytest.raises(Conflict, match="tile/0/000"):
        bucket.put([("tile/0/000", b"two")])
    bucket.publish("checkpoint", b"first")
    bucket.publish("checkpoint", b"second")
    bucket.drop(["tile/0/000"])
    bucket.tidy()
    assert (bucket.read("checkpoint"), bucket.read("tile/0/000")) == (b"second", b"one")
    with pytest.raises(Missing):
        bucket.read("tile/0/001")
    elsewhere = Bucket(s3, "nowhere")
    for act in (lambda: elsewhere.read("x"), lambda: elsewhere.put([("x", b"")])):
        with pytest.raises((s3.exceptions.ClientError, Missing)):
            act()


def test_addresses_that_are_none(settings: Settings) -> None:
    pytest.importorskip("boto3", reason="boto3 is not installed")
    with pytest.raises(NoBucket, match="lock_days"):
        of_address("s3://record/x?lock_days=long")
    with pytest.raises(WrongSettings, match="VISAVIS_ARCHIVE_STORE"):
        log.of_settings(settings.model_copy(update={"archive_store": "s3:///x"}))


def test_who_lacks_the_package_is_told_which_extra_has_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(WrongSettings, match=r"VISAVIS_ARCHIVE_STORE: .*visavis\[s3\]"):
        log.target_of(settings.model_copy(update={"archive_store": "s3://record/x"}))
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    asked = {"master_keys": "pkcs11:/lib.so?token=a&label=b"}
    with pytest.raises(WrongSettings, match=r"VISAVIS_MASTER_KEYS: .*visavis\[pkcs11\]"):
        keys.of_settings(settings.model_copy(update=asked))
