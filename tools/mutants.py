"""Mutation testing of the code that proves: `python tools/mutants.py [--every N] [FILE…]`.

Each mutant is one small change (a comparison, an operator, a number, a condition turned round) to a file of the log's
formats; it lives in a process of its own, and the tests of those formats must notice it. Ends with one line of JSON,
and with status 1 when fewer than 90 % were noticed.
"""

import argparse
import ast
import copy
import json
import os
import signal
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import httpx  # noqa: F401  # here, so that no child needs to load it
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: F401  # likewise

ROOT = Path(__file__).resolve().parents[1]
FILES = ("tree", "tiles", "reading", "growing")
TESTS = ("tests/tlog/test_tree.py",)
LEAST = 0.9
SECONDS = 60

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


def mutants(source: str) -> Iterator[tuple[int, str, types.CodeType]]:
    """Every mutant of a file: line, change, code."""
    tree = ast.parse(source)
    places = [
        (parent, name, at, child)
        for parent in ast.walk(tree)
        if not isinstance(parent, ast.JoinedStr | ast.FormattedValue)
        for name, value in ast.iter_fields(parent)
        for at, child in enumerate(value if isinstance(value, list) else [value])
        if isinstance(child, ast.AST)
    ]
    for parent, name, at, child in places:
        for what, fresh in changed(child):
            before = getattr(parent, name)
            now = [*before[:at], fresh, *before[at + 1 :]] if isinstance(before, list) else fresh
            setattr(parent, name, now)
            ast.fix_missing_locations(tree)
            try:
                yield getattr(child, "lineno", 0), what, compile(tree, "mutant", "exec")
            finally:
                setattr(parent, name, before)


def noticed(name: str, code: types.CodeType) -> bool:
    """Whether the tests fail, or do not end in time, in a process where `name` is the mutant."""
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS)
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        status = 1
        try:
            module = types.ModuleType(name)
            sys.modules[name] = module
            exec(code, module.__dict__)  # noqa: S102  # that is what the tool is for
            quietly = ["-x", "-q", "--noconftest", "-c", os.devnull, "--rootdir", str(ROOT)]
            status = int(pytest.main([*quietly, "-p", "no:cacheprovider", *TESTS]))
        finally:
            os._exit(status)
    _, ended = os.waitpid(child, 0)
    return ended != 0


def main() -> None:
    """Make the mutants, say who survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", default=list(FILES))
    parser.add_argument("--every", type=int, default=1, help="only every n-th mutant")
    asked = parser.parse_args()
    os.chdir(ROOT)
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.path.insert(0, str(ROOT))
    made, killed = 0, 0
    for name in asked.files:
        source = (ROOT / f"visavis/tlog/{name}.py").read_text("utf-8")
        for number, (line, what, code) in enumerate(mutants(source)):
            if number % asked.every:
                continue
            made += 1
            if noticed(f"visavis.tlog.{name}", code):
                killed += 1
            else:
                print(f"survived: visavis/tlog/{name}.py:{line}: {what}", flush=True)
    share = killed / made if made else 0.0
    print(json.dumps({"mutants": made, "noticed": killed, "share": round(share, 4)}))
    raise SystemExit(0 if share >= LEAST else 1)


if __name__ == "__main__":
    main()
