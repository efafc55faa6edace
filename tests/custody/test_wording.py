"""A client's own request in a dossier and in exports: words in the reader's language, never codes."""

import csv
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from visavis.archive.types import Stored
from visavis.custody import exporting
from visavis.custody.rules import formats, wording
from visavis.kernel import clock
from visavis.suitability.types import RequestState
from visavis.suitability.types.requests import Step

EN, ZH = exporting.words("en"), exporting.words("zh-CN")
KEY = UUID(int=7)


def asked(step: str, body: dict[str, Any] | None) -> Stored:
    clear = {"step": step, "product": str(KEY)}
    return Stored(
        KEY, "client_request", KEY, None, 0, "test", KEY, b"x", KEY, "suitability", clear, body
    )


@pytest.mark.parametrize("step", [*Step, RequestState.WITHDRAWN, RequestState.REVOKED])
def test_every_step_has_words(step: str) -> None:
    english, chinese = (wording.text(asked(step, {}), [words]) for words in (EN, ZH))
    assert step not in english + chinese
    assert re.search(r"[a-z]{4}", english)
    assert re.search(r"[\u4e00-\u9fff]{3}", chinese)


def test_what_a_step_says_is_named() -> None:
    until = datetime(2026, 12, 1, 7, tzinfo=UTC)
    body = {
        "amount_upto": 500_000, "reason": "suitability_above_level", "lowest": False, "months": -1,
        "goals": ["growth", "income"], "answers": {"q1": ["a"]}, "expires_at": str(clock.to_us(until)),
        "address": "192.0.2.7", "by": str(KEY), "named": ["reason"], "note": "", "typed": "本人愿意承担",
    }  # fmt: skip
    lines = wording.text(asked("client_confirmed", body), [EN]).splitlines()
    assert lines == [
        "The client confirmed that they bear the risk",
        "Amount up to, yuan: 500000",
        "Reason: the product's risk is above the client's level",
        "Lowest class: no",
        "Term in months: any term",
        "Goals: growth, income",
        "Answers: q1: a",
        "Valid until: 2026-12-01 07:00:00 UTC",
        "Typed by the client: 本人愿意承担",
    ]
    chinese = wording.text(asked("client_requested", {"amount_upto": 0, "months": 12}), [ZH])
    assert chinese == "客户主动提出申请\n金额上限（元）: 不设上限\n投资期限（月）: 12"


def test_exports_say_it_in_both_languages() -> None:
    one = asked("told_unsuitable", {"reason": "suitability_above_level"})
    rows = formats.csv_rows([one], heading=True, languages=exporting.ALL).decode()
    (row,) = csv.DictReader(io.StringIO(rows))
    assert "已告知客户产品与其不匹配" in row["text"]
    assert "Told the client that the product does not suit them" in row["text"]
    assert json.loads(row["clear"])["step"] == "told_unsuitable", "programs read codes"
    assert wording.text(asked("permitted", None), [EN]) == ""


def test_kinds_have_the_console_s_names() -> None:
    assert (wording.kind_of(asked("permitted", {}), ZH), ZH["record.match"]) == (
        "客户申请",
        "适当性匹配",
    )
    locales = Path(__file__).parents[2] / "web/src/locales"
    for language, words in (("en", EN), ("zh-CN", ZH)):
        shown = (locales / language / "archive.ts").read_text("utf-8")
        names = dict(re.findall(r"'(record\.[a-z_.]+)': '([^']*)'", shown))
        assert len(names) > 50
        assert {code: words.get(code) for code in names if code != "record.other"} == {
            code: name for code, name in names.items() if code != "record.other"
        }
