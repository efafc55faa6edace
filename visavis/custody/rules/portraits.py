"""A client's own data as a document: JSON for machines, HTML for the screen, PDF for paper. No I/O."""

import html
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from visavis.custody.rules import paper
from visavis.custody.types import CopyFormat, Part

# A code in the reader's language; the code itself where there is no word for it.
Words = Callable[[str], str]
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)")
MEDIA_TYPES = {
    CopyFormat.JSON: "application/json; charset=utf-8",
    CopyFormat.HTML: "text/html; charset=utf-8",
    CopyFormat.PDF: "application/pdf",
}
STYLE = (
    "body{font:15px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#16202e}"
    "h1{font-size:1.5rem}h2{font-size:1.1rem;margin:2rem 0 .25rem}p{margin:.25rem 0 .75rem;color:#4a5568}"
    "div{overflow-x:auto}table{border-collapse:collapse;font-size:.85rem}"
    "th,td{border:1px solid #d5dbe3;padding:.3rem .5rem;text-align:left;vertical-align:top;white-space:pre-wrap}"
    "th{background:#f3f5f8}"
)


def written(
    form: CopyFormat, parts: Sequence[Part], at: datetime, zone: str, words: Words
) -> bytes:
    """The document of these parts as of `at`."""
    if form is CopyFormat.JSON:
        return _json(parts, at, words)
    if form is CopyFormat.HTML:
        return _html(parts, at, zone, words)
    return paper.pages(_lines(parts, at, zone, words), words("held_title"))


def explained(part: Part, words: Words) -> str:
    """Where a part comes from, in a sentence."""
    source = words(f"held_source_{part.source}")
    return f"{source} {words(f'held_{part.rests_on}')}" if part.rests_on else source


def _json(parts: Sequence[Part], at: datetime, words: Words) -> bytes:
    body = {
        "format": "visavis-client-copy/1",
        "made_at": at.isoformat(),
        "note": words("held_note"),
        "parts": [
            {
                "name": one.name,
                "title": words(f"held_{one.name}"),
                "source": one.source,
                "rests_on": one.rests_on or None,
                "explanation": explained(one, words),
                "rows": one.rows,
            }
            for one in parts
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2).encode()


def _html(parts: Sequence[Part], at: datetime, zone: str, words: Words) -> bytes:
    title = html.escape(words("held_title"))
    out = [
        "<!doctype html><html><head><meta charset='utf-8'>",
        "<meta name='viewport' content='width=device-width'>",
        f"<title>{title}</title><style>{STYLE}</style></head><body><h1>{title}</h1>",
        f"<p>{html.escape(shown(at.isoformat(), zone, words))}</p><p>{html.escape(words('held_note'))}</p>",
    ]
    for one in parts:
        out.append(f"<h2>{html.escape(words(f'held_{one.name}'))}</h2>")
        out.append(f"<p>{html.escape(explained(one, words))}</p>")
        out.append(_table(one.rows, zone, words))
    out.append("</body></html>")
    return "\n".join(out).encode()


def _table(rows: Sequence[Mapping[str, Any]], zone: str, words: Words) -> str:
    if not rows:
        return f"<p>{html.escape(words('held_nothing'))}</p>"
    columns = list(rows[0])
    heads = "".join(f"<th>{html.escape(words(f'held_col_{one}'))}</th>" for one in columns)
    lines = "".join(
        "<tr>"
        + "".join(f"<td>{html.escape(shown(row.get(one), zone, words))}</td>" for one in columns)
        + "</tr>"
        for row in rows
    )
    return f"<div><table><tr>{heads}</tr>{lines}</table></div>"


def _lines(parts: Sequence[Part], at: datetime, zone: str, words: Words) -> list[str]:
    out = [words("held_title"), shown(at.isoformat(), zone, words), words("held_note")]
    for one in parts:
        out += ["", words(f"held_{one.name}"), explained(one, words)]
        out += [] if one.rows else [words("held_nothing")]
        for row in one.rows:
            cells = (
                f"{words(f'held_col_{name}')}: {shown(value, zone, words)}"
                for name, value in row.items()
                if value not in (None, "", [], {})
            )
            out.append("- " + "; ".join(" ".join(cell.split()) for cell in cells))
    return out


def shown(value: Any, zone: str, words: Words) -> str:
    """A value as people read it: moments in the firm's zone, yes and no in words, structures in plain JSON."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return words("held_yes" if value else "held_no")
    if isinstance(value, str) and MOMENT.fullmatch(value):
        local = datetime.fromisoformat(value).astimezone(ZoneInfo(zone))
        return f"{local:%Y-%m-%d %H:%M}"
    if isinstance(value, Mapping) and isinstance(value.get("text"), str) and len(value) == 1:
        return str(value["text"])
    if isinstance(value, Mapping | list):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
