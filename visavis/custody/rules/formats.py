"""How records are written out: JSONL, CSV and e-mail; the same records give the same bytes."""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from visavis.archive.types import Stored
from visavis.custody.rules import wording
from visavis.custody.rules.finding import shown
from visavis.custody.rules.wording import Words
from visavis.kernel import clock

LONG_AGO = (1980, 1, 1, 0, 0, 0)
COLUMNS = (
    "at", "kind", "text", "record", "object", "client", "environment", "retention", "sha256", "clear", "body",
    "watermark",
)  # fmt: skip
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def plain(one: Stored, watermark: str = "") -> dict[str, Any]:
    """A record as JSON; `sha256` is that of its sealed envelope, `body` is null once its key has been destroyed."""
    known = {
        "record": str(one.record_id),
        "kind": one.kind,
        "object": str(one.object_id),
        "client": str(one.relationship_id) if one.relationship_id else None,
        "at": _iso(one),
        "environment": one.environment,
        "retention": one.retention,
        "sha256": hashlib.sha256(one.envelope).hexdigest(),
        "clear": one.clear,
        "body": shown(one.kind, one.body),
    }
    return known | ({"watermark": watermark} if watermark else {})


def jsonl(records: Sequence[Stored], watermark: str = "") -> bytes:
    """One JSON object per line, keys in order."""
    return b"".join(_json(plain(one, watermark)) + b"\n" for one in records)


def csv_rows(
    records: Sequence[Stored],
    watermark: str = "",
    *,
    heading: bool,
    languages: Sequence[Words] = (),
) -> bytes:
    """Rows for a spreadsheet, in which nothing runs as a formula; codes of a client's request in these languages."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    if heading:
        writer.writerow(COLUMNS)
    for one in records:
        known = plain(one, watermark) | {
            "text": wording.text(one, languages),
            "watermark": watermark,
        }
        cells = (known[name] for name in COLUMNS)
        writer.writerow([_cell(value) for value in cells])
    return out.getvalue().encode("utf-8")


def eml(one: Stored, watermark: str = "", languages: Sequence[Words] = ()) -> bytes:
    """A record as an e-mail message (RFC 5322), for archives and readers that know nothing else."""
    message = EmailMessage(policy=policy.SMTP)
    sender = str(one.clear.get("sender") or one.clear.get("actor") or "platform")
    client = str(one.relationship_id or "nobody")
    message["From"] = f"{sender}@visavis.invalid"
    message["To"] = f"{client}@visavis.invalid"
    message["Date"] = format_datetime(clock.from_us(one.at_us))
    message["Subject"] = f"{one.kind} {one.object_id}"
    message["Message-ID"] = f"<{one.record_id}@visavis.invalid>"
    message["X-Visavis-Environment"] = one.environment
    message["X-Visavis-Envelope-SHA256"] = hashlib.sha256(one.envelope).hexdigest()
    if watermark:
        message["X-Visavis-Watermark"] = watermark
    body = _json(shown(one.kind, one.body)).decode()
    message.set_content(f"{wording.text(one, languages)}\n\n{body}\n", cte="base64")
    return message.as_bytes()


def manifest(**words: Any) -> bytes:
    """What a file holds, as JSON for people and programs."""
    text = json.dumps(words, ensure_ascii=False, sort_keys=True, indent=2)
    return text.encode("utf-8") + b"\n"


def add(archive: zipfile.ZipFile, name: str, content: bytes) -> str:
    """Put a file into a ZIP without the time of day; returns its SHA-256."""
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)
    return hashlib.sha256(content).hexdigest()


def _iso(one: Stored) -> str:
    return clock.from_us(one.at_us).isoformat(timespec="microseconds")


def _json(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode("utf-8")


def _cell(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else _json(value).decode()
    return f"'{text}" if text.startswith(DANGEROUS) else text
