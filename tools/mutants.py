"""Mutation testing of the code that proves: `python tools/mutants.py [--seconds N] [--fresh] [FILE…]`.

Each mutant is one small change (a comparison, an operator, a number, a condition turned round) to a file of the log's
formats; it lives in a process of its own, where only those tests run that come by the changed line, the quickest
first. What was tried is kept in `build/mutants.json`, and which tests come by which line, so that a run that ends early
(`--seconds`, Ctrl-C) goes on where it stopped as long as neither code nor tests have changed. How far it is stands on
standard error.

Ends with one line of JSON; status 1 when fewer than 90 % were noticed, 2 when some are left to try.
"""

import argparse
import ast
import copy
import hashlib
import importlib
import json
import os
import resource
import signal
import sys
import time
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

import coverage
import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).resolve().parents[1]
FILES = ("tree", "tiles", "reading", "growing", "evidence", "checkpoint", "note", "policy")
TESTS = ("test_tree", "test_limits", "test_vectors", "test_policy", "test_tampering")
KEPT = ROOT / "build/mutants.json"
LEAST = 0.9
SECONDS = 10  # that a mutant's tests may take beyond three times what they usually do
MEMORY = 4 * 2**30
NICE = 10  # in all: who starts it gently already is not to starve it
TOLD = 25  # mutants between two lines of progress

COMPARED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.LShift: ast.RShift, ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


def changed(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Every small change of one node: what it is, and the new node."""
    if isinstance(node, ast.Compare):
        for at, operator in enumerate(node.ops):
            for other in COMPARED.get(type(operator), ()):
                fresh = copy.deepcopy(node)
                fresh.ops[at] = other()
                yield f"{type(operator).__name__} -> {other.__name__}", fresh
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in COUNTED:
        fresh_operation = copy.deepcopy(node)
        fresh_operation.op = COUNTED[type(node.op)]()
        yield f"{type(node.op).__name__} -> {type(fresh_operation.op).__name__}", fresh_operation
    elif isinstance(node, ast.BoolOp):
        fresh_bool = copy.deepcopy(node)
        fresh_bool.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield f"{type(node.op).__name__} turned", fresh_bool
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not dropped", copy.deepcopy(node.operand)
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        for value in (node.value + 1, node.value - 1):
            yield f"{node.value} -> {value}", ast.Constant(value)
    elif isinstance(node, ast.Constant) and type(node.value) is bool:
        yield f"{node.value} -> {not node.value}", ast.Constant(not node.value)
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        fresh_test = copy.deepcopy(node)
        fresh_test.test = ast.UnaryOp(ast.Not(), fresh_test.test)
        yield "condition turned round", fresh_test
    elif isinstance(node, ast.Raise | ast.Continue | ast.Break):
        yield f"{type(node).__name__.lower()} dropped", ast.Pass()


@dataclass(frozen=True)
class Mutant:
    """One small change: where, what, the lines of its statement, and whether it lies inside a function."""

    number: int
    line: int
    what: str
    lines: range
    inside: bool
    code: types.CodeType


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a file, in the same order each time."""
    tree = ast.parse(source)
    above = {child: parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    places = [
        (parent, name, at, child)
        for parent in ast.walk(tree)
        for name, value in ast.iter_fields(parent)
        for at, child in enumerate(value if isinstance(value, list) else [value])
        if isinstance(child, ast.AST) and not _unheard(child, above)
    ]
    number = 0
    for parent, name, at, child in places:
        lines, inside = _statement(child, above)
        for what, fresh in changed(child):
            before = getattr(parent, name)
            now = [*before[:at], fresh, *before[at + 1 :]] if isinstance(before, list) else fresh
            setattr(parent, name, now)
            ast.fix_missing_locations(tree)
            try:
                code = compile(tree, "mutant", "exec")
                yield Mutant(number, getattr(child, "lineno", 0), what, lines, inside, code)
            finally:
                setattr(parent, name, before)
            number += 1


def _unheard(node: ast.AST | None, above: dict[ast.AST, ast.AST]) -> bool:
    """Whether the node is part of a message's text or of a type: nothing that is done depends on it."""
    while node is not None and not isinstance(node, ast.stmt | ast.arguments):
        if isinstance(node, ast.JoinedStr):
            return True
        parent = above.get(node)
        if isinstance(parent, ast.AnnAssign | ast.arg) and node is parent.annotation:
            return True
        if isinstance(parent, ast.FunctionDef) and node is parent.returns:
            return True
        node = parent
    return False


def _statement(node: ast.AST, above: dict[ast.AST, ast.AST]) -> tuple[range, bool]:
    """The lines of the statement that a node belongs to, and whether that lies in a function's body."""
    while not isinstance(node, ast.stmt):
        node = above[node]
    lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    inner: ast.AST = node
    while inner in above:
        inner = above[inner]
        if isinstance(inner, ast.FunctionDef):
            return lines, True
    return lines, False


def put_in_place(module: types.ModuleType, code: types.CodeType) -> None:
    """Give every function of the module the code that it has in the mutant, whoever has imported it."""
    fresh = types.ModuleType(module.__name__)
    exec(code, fresh.__dict__)  # noqa: S102  # that is what the tool is for
    _exchange(vars(module), vars(fresh), module.__name__)


def _exchange(old: Any, new: Any, module: str) -> None:
    for name, value in old.items():
        one, other = _function(value), _function(new.get(name))
        if isinstance(one, types.FunctionType) and one.__module__ == module:
            one.__code__, one.__defaults__ = other.__code__, other.__defaults__
            one.__kwdefaults__ = other.__kwdefaults__
        elif isinstance(one, type) and one.__module__ == module and one is not other:
            _exchange(vars(one), vars(other), module)


def _function(value: Any) -> Any:
    """The function that a property or a method of the class is made of; anything else as it is."""
    if isinstance(value, property):
        return value.fget
    return value.__func__ if isinstance(value, staticmethod | classmethod) else value


class Seen(TypedDict):
    """By file and line the tests that come there, and how many seconds each test takes."""

    lines: dict[str, dict[str, list[str]]]
    took: dict[str, float]


class Trial:
    """A pytest plugin: runs the tests once to see where they come by, then once more for each mutant."""

    def __init__(
        self, files: Sequence[str], until: float, results: dict[str, dict[str, bool]], seen: Seen
    ) -> None:
        self._files, self._until, self.results = files, until, results
        self.seen = seen
        self._names = {one: f"visavis.tlog.{one}" for one in files}
        self.left = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of pytest's own loop."""
        if not set(FILES) <= set(self.seen["lines"]):
            self._watch(session.items)
        for name in self._files:
            known = self.results.setdefault(name, {})
            source = (ROOT / f"visavis/tlog/{name}.py").read_text("utf-8")
            every = list(mutants(source))
            for at, one in enumerate(every, 1):
                if str(one.number) in known:
                    continue
                if time.monotonic() > self._until:
                    self.left += 1
                    continue
                known[str(one.number)] = self._noticed(name, one, session.items)
                if not known[str(one.number)]:
                    print(f"survived: visavis/tlog/{name}.py:{one.line}: {one.what}", flush=True)
                if at % TOLD == 0:
                    say(f"{name}: {at} of {len(every)}")
        return True

    def _watch(self, items: Sequence[pytest.Item]) -> None:
        """Which tests come by which line of a file, and how long each takes; leaves when one of them fails."""
        began = time.monotonic()
        paths = {name: str(ROOT / f"visavis/tlog/{name}.py") for name in FILES}
        watcher = coverage.Coverage(data_file=None, include=list(paths.values()), config_file=False)
        watcher.start()
        skipped = 0
        for item in items:
            watcher.switch_context(item.nodeid)
            started = time.monotonic()
            reports = runtestprotocol(item, log=False)
            if any(one.failed for one in reports):
                raise SystemExit(f"{item.nodeid} fails without any mutant")
            skipped += any(one.skipped for one in reports)
            self.seen["took"][item.nodeid] = time.monotonic() - started
        watcher.stop()
        for name, path in paths.items():
            by_line = watcher.get_data().contexts_by_lineno(path)
            self.seen["lines"][name] = {
                str(line): sorted(filter(None, contexts)) for line, contexts in by_line.items()
            }
        took = time.monotonic() - began
        say(f"{len(items)} tests watched in {took:.0f} s, {skipped} of them skipped")

    def _noticed(self, name: str, one: Mutant, items: Sequence[pytest.Item]) -> bool:
        if not one.inside:
            return in_child(lambda: _from_the_start(self._names[name], one.code), SECONDS * 9)
        lines, took = self.seen["lines"][name], self.seen["took"]
        there = {test for line in one.lines for test in lines.get(str(line), ())}
        chosen = [item for item in items if item.nodeid in there]
        chosen.sort(key=lambda item: took[item.nodeid])
        usual = sum(took[item.nodeid] for item in chosen)

        def tried() -> bool:
            put_in_place(importlib.import_module(self._names[name]), one.code)
            return any(
                report.failed for item in chosen for report in runtestprotocol(item, log=False)
            )

        return in_child(tried, int(SECONDS + 3 * usual))


def _from_the_start(name: str, code: types.CodeType) -> bool:
    """Whether the tests fail when everything is imported anew, with the mutant in the module's place."""
    ours = [
        loaded
        for loaded, one in sys.modules.items()
        if str(getattr(one, "__file__", "")).startswith(
            (str(ROOT / "visavis"), str(ROOT / "tests"))
        )
    ]
    for loaded in ours:
        del sys.modules[loaded]
    module = types.ModuleType(name)
    sys.modules[name] = module
    exec(code, module.__dict__)  # noqa: S102  # that is what the tool is for
    return pytest.main(["-x", *arguments()]) != 0


def say(text: str) -> None:
    """A line of progress, on standard error."""
    print(text, file=sys.stderr, flush=True)


def in_child(work: Any, seconds: int) -> bool:
    """What `work` says in a process of its own; True as well where it breaks, or does not end in time."""
    child = os.fork()
    if child == 0:
        signal.alarm(seconds)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        status = 1
        try:
            status = int(work())
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    return ended != 0


def arguments() -> list[str]:
    """What pytest is told: the tests, and to leave the project's settings aside."""
    plain = ["-q", "--noconftest", "-c", os.devnull, "--rootdir", str(ROOT)]
    return [*plain, "-s", "-p", "no:cacheprovider", *(f"tests/tlog/{one}.py" for one in TESTS)]


def digest() -> str:
    """Of everything that a result depends on."""
    paths = [
        Path(__file__),
        *(ROOT / "visavis/tlog").glob("*.py"),
        *(ROOT / "tests/tlog").glob("*.py"),
    ]
    return hashlib.sha256(b"".join(one.read_bytes() for one in sorted(paths))).hexdigest()


def main() -> None:
    """Make the mutants, say who survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=list(FILES))
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end after so long")
    parser.add_argument("--fresh", action="store_true", help="forget what was tried before")
    asked = parser.parse_args()
    os.chdir(ROOT)
    os.nice(max(0, NICE - os.nice(0)))
    os.environ |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "TAMPERINGS": "150"}
    sys.path.insert(0, str(ROOT))
    key = digest()
    kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() and not asked.fresh else {}
    same = kept.get("of") == key and "seen" in kept
    results = kept["results"] if same else {}
    seen: Seen = kept["seen"] if same else {"lines": {}, "took": {}}
    trial = Trial(asked.files, time.monotonic() + asked.seconds, results, seen)
    try:
        pytest.main(arguments(), plugins=[trial])
    finally:
        KEPT.parent.mkdir(exist_ok=True)
        KEPT.write_text(json.dumps({"of": key, "results": results, "seen": seen}), "utf-8")
    by_file = {name: results.get(name, {}) for name in asked.files}
    made = sum(map(len, by_file.values()))
    noticed = sum(sum(one.values()) for one in by_file.values())
    share = noticed / made if made else 0.0
    shares = {name: f"{sum(one.values())}/{len(one)}" for name, one in by_file.items()}
    print(
        json.dumps(
            {
                "mutants": made,
                "noticed": noticed,
                "share": round(share, 4),
                "left": trial.left,
                "files": shares,
            }
        )
    )
    raise SystemExit(2 if trial.left else 0 if share >= LEAST else 1)


if __name__ == "__main__":
    main()
