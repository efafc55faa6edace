"""Why something is refused is told in the reader's language: every reason that the code gives has its words."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import visavis
from visavis.kernel.errors import Refusal
from visavis.kernel.http import Catalogue

ROOT = Path(visavis.__file__).parent
CATALOGUE = Catalogue(ROOT)
# What speaks to programs alone, and never to a person: the first frames of a socket.
MACHINES = frozenset({"kernel/gateway.py"})


def _codes() -> dict[str, str]:
    """The code of each refusal by the name of its class."""
    for module in pkgutil.walk_packages(visavis.__path__, "visavis."):
        if ".types" in module.name:
            importlib.import_module(module.name)
    known, waiting = {}, [Refusal]
    while waiting:
        one = waiting.pop()
        known[one.__name__] = one.code
        waiting += one.__subclasses__()
    return known


def _given() -> Iterator[tuple[str, str, str]]:
    """Where a refusal is made with a reason in words, its class, and the reason as far as it is written there."""
    for path in sorted(ROOT.rglob("*.py")):
        name = str(path.relative_to(ROOT))
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or name in MACHINES:
                continue
            made = node.func.id if isinstance(node.func, ast.Name) else ""
            for word in node.keywords:
                if word.arg == "reason":
                    for text in _texts(word.value):
                        yield f"{name}:{node.lineno}", made, text


def _texts(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.JoinedStr):
        first = value.values[0]
        yield first.value if isinstance(first, ast.Constant) else "{}"
    elif isinstance(value, ast.IfExp):
        yield from _texts(value.body)
        yield from _texts(value.orelse)


def test_every_reason_has_words_in_both_languages() -> None:
    codes, silent, seen = _codes(), [], 0
    for where, made, reason in _given():
        code = codes.get(made, "")
        if "{reason}" not in CATALOGUE.sentences.get(code, {}).get("en", ""):
            continue
        seen += 1
        keys = f"{code}.{reason}", f"{code}.{reason.partition(' ')[0]}"
        words = next((CATALOGUE.sentences[key] for key in keys if key in CATALOGUE.sentences), {})
        if not words.keys() >= {"zh-CN", "en"}:
            silent.append(f"{where}: {made}({reason!r})")
    assert silent == []
    assert seen > 60


# Checkers whose findings become the reason of a refusal.
CHECKERS = {
    "suitability/rules/lint.py": "unfit_document",
    "incentives/rules.py": "settlement_forbidden",
}


def test_what_a_checker_finds_has_words_too() -> None:
    silent, seen = [], 0
    for name, code in CHECKERS.items():
        for node in ast.walk(ast.parse((ROOT / name).read_text("utf-8"))):
            if not isinstance(node, ast.Return) or node.value is None:
                continue
            for text in _texts(node.value):
                seen += 1
                word = text.partition(" ")[0]
                keys = {f"{code}.{text}", f"{code}.{word}"}
                if not any(key.startswith(tuple(keys)) for key in CATALOGUE.sentences):
                    silent.append(f"{name}:{node.lineno}: {text!r}")
    assert silent == []
    assert seen > 20


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("policy_unfit", "house: not JSON: Unexpected end"),
        ("unfit_document", "Object missing required field `weights`"),
        ("malformed", "Expected `int`, got `str` - at `$.cap`"),
    ],
)
def test_what_a_checker_of_forms_says_is_a_detail_of_a_sentence(code: str, reason: str) -> None:
    told = CATALOGUE.text(code, "zh-CN", {"field": "content", "reason": reason})
    assert f"（技术说明：{reason}）" in told
    assert f"({reason})" in CATALOGUE.text(code, "en", {"field": "content", "reason": reason})
    assert "技术说明" not in CATALOGUE.text(code, "zh-CN", {"field": "content", "reason": ""})
