"""Reading the firm's product list: bytes to rows and row errors, without I/O.

Tolerated as spreadsheets and cores write it: UTF-8 (with or without a byte order mark) or GB18030; comma, semicolon or
tab; Chinese or English headings in any order; several goals or risk points in a cell are separated by `|`.
"""

import re
from collections.abc import Mapping
from datetime import date

from visavis.kernel import spreadsheet
from visavis.kernel.spreadsheet import Form, RowError
from visavis.products import rules
from visavis.products.types import (
    Goal,
    ListRow,
    ProductDetails,
    ProductKind,
    ProductRiskLevel,
    UnfitProduct,
    UnreadableList,
)

MOST_BYTES = 8_000_000
MOST_ROWS = 20_000
MOST_ERRORS = 200
HEADINGS = {
    "code": "code", "产品代码": "code", "代码": "code",
    "name": "name", "产品名称": "name", "名称": "name",
    "name_en": "name_en", "英文名称": "name_en",
    "kind": "kind", "产品类型": "kind", "类型": "kind",
    "risk": "risk", "风险等级": "risk", "产品风险等级": "risk",
    "term_months": "term_months", "期限(月)": "term_months", "期限（月）": "term_months", "期限": "term_months",
    "goals": "goals", "投资目标": "goals",
    "min_amount": "min_amount", "起购金额": "min_amount", "起点金额": "min_amount",
    "professional_only": "professional_only", "仅专业投资者": "professional_only",
    "summary": "summary", "产品简介": "summary", "简介": "summary",
    "summary_en": "summary_en", "英文简介": "summary_en",
    "risk_points": "risk_points", "风险要点": "risk_points",
    "risk_points_en": "risk_points_en", "英文风险要点": "risk_points_en",
    "effective_from": "effective_from", "生效日期": "effective_from",
    "effective_to": "effective_to", "失效日期": "effective_to",
}  # fmt: skip
REQUIRED = ("code", "name", "kind", "risk", "goals", "risk_points", "effective_from")
KINDS = {
    "货币": "money", "现金管理": "money", "债券": "bond", "固收": "bond", "混合": "mixed", "股票": "equity",
    "权益": "equity", "结构化": "structured", "收益凭证": "structured", "私募": "private", "服务": "service",
}  # fmt: skip
GOALS = {
    "保值": "preserve", "本金安全": "preserve", "收益": "income", "稳定收益": "income", "增值": "growth",
    "投机": "speculation",
}  # fmt: skip
YES, NO = {"1", "yes", "true", "y", "是"}, {"", "0", "no", "false", "n", "否"}
LONGEST = 4000
_DATE = re.compile(r"(\d{4})[-/.]?(\d{1,2})[-/.]?(\d{1,2})")
_RISK = re.compile(r"[rR]?\s*([1-5])")


def parse(data: bytes) -> tuple[list[ListRow], list[RowError], int]:
    """The rows that can be used, what is wrong with the others, and how many there are; raises `UnreadableList`."""
    rows: list[ListRow] = []
    errors: list[RowError] = []
    first: dict[str, int] = {}
    total = 0
    form = Form(HEADINGS, REQUIRED, MOST_BYTES, MOST_ROWS, UnreadableList)
    for number, values in spreadsheet.table(data, form):
        total += 1
        if values is None:
            errors.append(RowError(number, "", "row_columns"))
            continue
        row, wrong = _row(number, values)
        known = first.setdefault(values["code"], number)
        if known != number and values["code"]:
            code = spreadsheet.harmless(values["code"])
            wrong.append(RowError(number, "code", "product_row_twice", code, known))
        if wrong or row is None:
            errors += wrong
        else:
            rows.append(row)
    return rows, errors, total


def _row(number: int, values: dict[str, str]) -> tuple[ListRow | None, list[RowError]]:
    def error(name: str, code: str) -> RowError:
        return RowError(number, name, code, spreadsheet.harmless(values.get(name, "")))

    wrong = [error(name, "row_missing") for name in REQUIRED if not values[name]]
    wrong += [error(name, "row_too_long") for name, value in values.items() if len(value) > LONGEST]
    wrong += [
        error(name, "row_unsafe") for name, value in values.items() if spreadsheet.is_unsafe(value)
    ]
    read = {
        "kind": _word(values["kind"], KINDS, {one.value for one in ProductKind}),
        "risk": int(found[1]) if (found := _RISK.fullmatch(values["risk"])) else None,
        "goals": _words(values["goals"]),
        "term_months": _number(values.get("term_months", "")),
        "min_amount": _number(values.get("min_amount", "")),
        "professional_only": _truth(values.get("professional_only", "")),
        "effective_from": _day(values["effective_from"]),
        "effective_to": _day(values.get("effective_to", "")) or (None if values.get("effective_to") else True),
    }  # fmt: skip
    wrong += [
        error(name, f"product_row_{name}")
        for name, value in read.items()
        if value is None and (values.get(name) or name not in REQUIRED)
    ]
    if wrong:
        return None, wrong
    try:
        rules.check_code(values["code"])
        details = _details(values, read)
        rules.check_details(details)
    except UnfitProduct as unfit:
        return None, [error(str(unfit.params["field"]), "product_row_unfit")]
    return ListRow(number, values["code"], details), []


def _details(values: Mapping[str, str], read: Mapping[str, object]) -> ProductDetails:
    last, goals = read["effective_to"], read["goals"]
    term, amount, first = read["term_months"], read["min_amount"], read["effective_from"]
    assert isinstance(goals, tuple)
    assert isinstance(first, date)
    assert isinstance(term, int)
    assert isinstance(amount, int)
    return ProductDetails(
        names=_texts(values, "name"),
        kind=ProductKind(str(read["kind"])),
        risk=ProductRiskLevel(int(str(read["risk"]))),
        term_months=term,
        goals=frozenset(map(Goal, goals)),
        min_amount=amount,
        professional_only=bool(read["professional_only"]),
        summaries=_texts(values, "summary"),
        risk_points={key: _parts(text) for key, text in _texts(values, "risk_points").items()},
        effective_from=first,
        effective_to=last if isinstance(last, date) else None,
    )


def _texts(values: Mapping[str, str], name: str) -> dict[str, str]:
    texts = {"zh-CN": values.get(name, ""), "en": values.get(f"{name}_en", "")}
    return {language: text for language, text in texts.items() if text}


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


def _word(value: str, names: Mapping[str, str], known: set[str]) -> str | None:
    word = names.get(value, value.lower())
    return word if word in known else None


def _words(value: str) -> tuple[str, ...] | None:
    found = [_word(part, GOALS, {one.value for one in Goal}) for part in _parts(value)]
    kept = tuple(one for one in found if one is not None)
    return kept if kept and len(kept) == len(found) else None


def _number(value: str) -> int | None:
    plain = value.replace(",", "").replace("，", "")
    return int(plain or "0") if re.fullmatch(r"[0-9]{0,12}", plain) else None


def _truth(value: str) -> bool | None:
    word = value.lower()
    return True if word in YES else False if word in NO else None


def _day(value: str) -> date | None:
    found = _DATE.fullmatch(value)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None
