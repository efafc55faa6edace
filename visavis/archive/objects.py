"""The log in an S3 bucket with Object Lock: what is written once can be deleted by nobody until its time has come.

The bucket must have been made with Object Lock (and so with versions). Tiles and bundles are locked in COMPLIANCE mode;
the checkpoint is not, for it changes: its older versions stay beside the newest.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from visavis.kernel import clock
from visavis.tlog.sources import Conflict, Missing

GONE = ("NoSuchKey", "404", "NotFound")
EXISTS = ("PreconditionFailed", "412", "ConditionalRequestConflict", "409")


class NoBucket(Exception):
    """The bucket cannot be used; the text says why."""


class Bucket:
    """A prefix of a bucket as the target of a log."""

    def __init__(self, client: Any, bucket: str, prefix: str = "", lock_days: int = 0) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._lock_days = lock_days

    def read(self, path: str) -> bytes:
        """The object's bytes; raises `Missing`."""
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=self._prefix + path)
        except self._client.exceptions.ClientError as error:
            if _code(error) in GONE:
                raise Missing(path) from None
            raise
        content: bytes = found["Body"].read()
        return content

    def put(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Keep these objects, locked; raises `Conflict` where one exists with other bytes."""
        for path, content in files:
            locked: dict[str, Any] = {}
            if self._lock_days:
                until = clock.now() + timedelta(days=self._lock_days)
                locked = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": until}
            try:
                self._client.put_object(
                    Bucket=self._bucket, Key=self._prefix + path, Body=content, IfNoneMatch="*",
                    ContentType="application/octet-stream", ChecksumAlgorithm="SHA256",
                    CacheControl="public, max-age=31536000, immutable", **locked,
                )  # fmt: skip
            except self._client.exceptions.ClientError as error:
                if _code(error) not in EXISTS:
                    raise
                if self.read(path) != content:
                    raise Conflict(path) from None

    def publish(self, path: str, content: bytes) -> None:
        """Keep an object, replacing an earlier one, which stays as an older version."""
        self._client.put_object(
            Bucket=self._bucket, Key=self._prefix + path, Body=content,
            ContentType="text/plain; charset=utf-8", CacheControl="public, max-age=1",
            ChecksumAlgorithm="SHA256",
        )  # fmt: skip

    def drop(self, paths: Sequence[str]) -> None:
        """Nothing: what is locked stays, and a partial tile beside a full one does no harm."""

    def tidy(self) -> None:
        """Nothing: an object is there whole or not at all."""


def of_address(address: str) -> Bucket:
    """The bucket of `s3://BUCKET/PREFIX?endpoint=URL&lock_days=N`; raises `NoBucket`."""
    try:
        import boto3  # noqa: PLC0415  # only who keeps his log in a bucket needs the package
    except ImportError:
        raise NoBucket("s3://… needs the extra s3: pip install 'visavis[s3]'") from None
    parts = urlsplit(address)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    days = asked.get("lock_days", "0")
    if not parts.hostname or not days.isdigit():
        raise NoBucket(f"not an address s3://BUCKET/PREFIX?lock_days=N: {address}")
    client = boto3.client("s3", endpoint_url=asked.get("endpoint"))
    return Bucket(client, parts.hostname, parts.path, int(days))


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
