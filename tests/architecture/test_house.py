"""House rules that no linter knows: one clock, SQL in its place, texts in catalogues, docstrings."""

import ast
import json
import re
import string
from pathlib import Path

import pytest

from tests.architecture import source

READS_TIME = re.compile(
    r"\b(time\.time|time\.time_ns|datetime\.now|datetime\.utcnow|datetime\.today|date\.today"
    r"|uuid\.uuid1|uuid1)\("
)
SLEEPS = re.compile(r"\b(asyncio\.sleep\((?!0\))|time\.sleep\()")
SQL = re.compile(
    r"^\s*(SELECT\s|INSERT INTO\s|UPDATE\s+\w+\s+SET\s|DELETE FROM\s|WITH\s+\w+\s+AS\s)"
)
NOT_PORTABLE = re.compile(
    r"\b((?-i:LISTEN|NOTIFY)\s+\w|pg_notify|pg_(try_)?advisory|CREATE\s+(OR\s+REPLACE\s+)?TRIGGER"
    # The sequencer's own, which numbers nothing that anybody is told.
    r"|CREATE\s+SEQUENCE(?!\s+IF\s+NOT\s+EXISTS\s+record_number\b)|EXCLUDE\s+USING|DEFERRABLE)",
    re.IGNORECASE,
)
CHINESE = re.compile(r"[\u3400-\u9fff]")
LEFT_BEHIND = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def found(
    pattern: re.Pattern[str], *, skip: tuple[str, ...] = (), root: str = "visavis"
) -> list[str]:
    """`path:line: text` of every match below `root`, files that start with `skip` left out."""
    return [
        f"{path.relative_to(source.ROOT)}:{number}: {line.strip()}"
        for path in sorted((source.ROOT / root).rglob("*.py"))
        if not path.relative_to(source.ROOT).as_posix().startswith(skip)
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]


def string_uses(pattern: re.Pattern[str], modules: list[source.Module]) -> list[str]:
    return [
        f"{module.path}:{node.lineno}: {str(node.value).strip()[:70]}"
        for module in modules
        for node in source.strings(module.tree)
        if pattern.search(str(node.value))
    ]


def test_every_module_says_where_it_sits() -> None:
    silent = [module.path for module in source.package() if not ast.get_docstring(module.tree)]
    assert not silent


def test_an_init_file_holds_no_code() -> None:
    with_code = [
        module.path
        for module in source.package()
        if module.path.count("/") == 2 and module.name == "__init__.py"
        if len(module.tree.body) > 1
    ]
    assert not with_code


def test_all_time_comes_from_the_clock() -> None:
    outsiders = tuple(f"visavis/{name}/" for name in source.OUTSIDERS)
    assert not found(READS_TIME, skip=("visavis/kernel/clock.py", *outsiders))


def test_nothing_waits_but_on_the_clock() -> None:
    allowed = (
        "visavis/kernel/clock.py",
        "visavis/kernel/migrate.py",  # waits for another process
        "visavis/kernel/postgres.py",  # waits for another program
        "visavis/launch.py",  # waits for the web server
        "visavis/stage.py",  # waits for a server of its own
        *(f"visavis/{name}/" for name in source.OUTSIDERS),  # they live in real time
    )
    assert not found(SLEEPS, skip=allowed)


def test_tests_do_not_sleep() -> None:
    real_time = ("tests/browser/", "tests/faults/", "tests/rehearsal/", "tests/architecture/")
    assert not found(SLEEPS, root="tests", skip=real_time)


def test_sql_is_in_stores_and_the_kernel_alone() -> None:
    elsewhere = [
        module
        for module in source.package()
        if module.context not in {"kernel", *source.OUTSIDERS}
        and not Path(module.path).name.startswith("store")
        and "store" not in Path(module.path).parts
    ]
    assert not string_uses(SQL, elsewhere)


def test_sql_stays_in_the_portable_part() -> None:
    assert not string_uses(NOT_PORTABLE, list(source.package()))
    migrations = source.PACKAGE / "migrations"
    for path in sorted(migrations.rglob("*.py")):
        tree = ast.parse(path.read_text())
        used = [
            node.lineno for node in source.strings(tree) if NOT_PORTABLE.search(str(node.value))
        ]
        assert not used, path


def test_texts_for_people_are_in_the_catalogues() -> None:
    names = {"api.py", "web.py", "jobs.py", "store.py", "posting.py", "engine.py"}
    modules = [
        module
        for module in source.package()
        if module.name in names and module.context not in source.OUTSIDERS
    ]
    assert not string_uses(CHINESE, modules)


def test_nothing_is_left_for_later() -> None:
    skip = ("tests/architecture/",)
    assert not [*found(LEFT_BEHIND), *found(LEFT_BEHIND, root="tests", skip=skip)]


def catalogues() -> list[Path]:
    return sorted(source.PACKAGE.glob("*/messages.json"))


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parent.name)
def test_every_sentence_is_there_in_both_languages(path: Path) -> None:
    for code, sentences in json.loads(path.read_text()).items():
        assert sentences.keys() == {"en", "zh-CN"}, code
        places = [
            {field for _, field, _, _ in string.Formatter().parse(text) if field}
            for text in sentences.values()
        ]
        assert places[0] == places[1], f"{code}: the languages fill in different values"
        for text in sentences.values():
            assert text.strip(), code
            assert not re.search("[!！]", text), f"{code}: no exclamation marks"
        assert "你" not in sentences["zh-CN"], f"{code}: people are addressed as 您"


def test_a_code_has_one_home() -> None:
    homes: dict[str, str] = {}
    for path in catalogues():
        # The pairs as they are written: a dictionary would hide a code that stands there twice.
        for code, sentences in json.loads(path.read_text(), object_pairs_hook=list):
            assert sentences
            assert code not in homes, f"{code}: in {homes[code]} and {path.parent.name}"
            homes[code] = path.parent.name


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (READS_TIME, "started = datetime.now(UTC)"),
        (READS_TIME, "x = time.time()"),
        (SLEEPS, "await asyncio.sleep(0.1)"),
        (SLEEPS, "time.sleep(1)"),
        (SQL, "\n  SELECT 1 FROM person"),
        (SQL, "UPDATE person SET name = $1"),
        (SQL, "WITH taken AS (SELECT 1) SELECT 2"),
        (NOT_PORTABLE, "SELECT pg_advisory_lock(1)"),
        (NOT_PORTABLE, "create trigger t"),
        (CHINESE, "您好"),
        (LEFT_BEHIND, "# TODO: later"),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (READS_TIME, "clock.now()"),
        (SLEEPS, "await asyncio.sleep(0)"),
        (SLEEPS, "await clock.sleep(5)"),
        (SQL, "Select a client"),
        (SQL, "Update the staff list"),
        (NOT_PORTABLE, "Notify the client, listen to the advisor"),
    ],
)
def test_the_patterns_leave_others_alone(pattern: re.Pattern[str], text: str) -> None:
    assert not pattern.search(text)
