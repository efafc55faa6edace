"""Broken permissions: each mutant changes one check in the running code, and names the rows that must turn red.

A mutant rewrites a function's syntax tree and swaps its code object, so every importer sees it; `with mutated(...)`
undoes it. A function is named by its context and its own name, wherever in the context it stands.
"""

import ast
import importlib
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FunctionType

REFUSALS = ("Forbidden", "NoPersonForVisitors", "NotSignedIn", "NotServing", "SameHands")

Change = Callable[[ast.AST], ast.AST]


@dataclass(frozen=True)
class Mutant:
    """One broken permission: where, how, and the operations whose rows must notice."""

    function: str
    name: str
    change: Change
    operations: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.function} {self.name}"


class _Calls(ast.NodeTransformer):
    """Changes the roles in every call of `.has(…)`."""

    def __init__(self, add: str = "", drop: str = "") -> None:
        self.add, self.drop = add, drop
        self.touched = 0

    def visit_Call(self, node: ast.Call) -> ast.AST:  # the name that ast calls
        self.generic_visit(node)
        if not (isinstance(node.func, ast.Attribute) and node.func.attr == "has"):
            return node
        if self.add:
            node.args.append(ast.Constant(self.add))
            self.touched += 1
        kept = [
            one for one in node.args
            if not (isinstance(one, ast.Attribute) and one.attr == self.drop.upper())
        ]  # fmt: skip
        self.touched += len(node.args) - len(kept)
        node.args = kept
        return node


class _Raises(ast.NodeTransformer):
    """Takes refusals for want of rights out."""

    def __init__(self) -> None:
        self.touched = 0

    def visit_Raise(self, node: ast.Raise) -> ast.AST:  # the name that ast calls
        if any(name in ast.unparse(node) for name in REFUSALS):
            self.touched += 1
            return ast.copy_location(ast.Pass(), node)
        return node


def admits(role: str) -> tuple[str, Change]:
    """The check also lets `role` pass."""
    return f"admits {role}", lambda tree: _touched(_Calls(add=role), tree)


def forgets(role: str) -> tuple[str, Change]:
    """The check no longer lets `role` pass."""
    return f"forgets {role}", lambda tree: _touched(_Calls(drop=role), tree)


def unguarded() -> tuple[str, Change]:
    """The check refuses nobody."""
    return "unguarded", lambda tree: _touched(_Raises(), tree)


def always(value: object) -> tuple[str, Change]:
    """The decision is always the same."""

    def change(tree: ast.AST) -> ast.AST:
        function = tree.body[0]  # type: ignore[attr-defined]  # a module with one function
        function.body = [ast.Return(ast.Constant(value))]
        return tree

    return f"is always {value}", change


def _touched(transformer: "_Calls | _Raises", tree: ast.AST) -> ast.AST:
    changed = transformer.visit(tree)
    assert transformer.touched, f"nothing to change in {ast.unparse(tree)[:80]}"
    assert isinstance(changed, ast.AST)
    return changed


def mutant(function: str, how: tuple[str, Change], *operations: str) -> Mutant:
    """A mutant of `visavis.<function>`."""
    return Mutant(function, how[0], how[1], operations)


def found(path: str) -> FunctionType:
    """The function `context:name`, or the method `module:Class.name`; there is exactly one."""
    place, _, name = path.partition(":")
    if "." in name:
        owner, _, method = name.partition(".")
        one = getattr(getattr(importlib.import_module(f"visavis.{place}"), owner), method)
        assert isinstance(one, FunctionType)
        return one
    prefix = f"visavis.{place}."
    several = {
        one
        for module_name, module in list(sys.modules.items())
        if module_name.startswith(prefix) and not {"web", "store"} & set(module_name.split("."))
        for one in [vars(module).get(name)]
        if isinstance(one, FunctionType) and one.__module__.startswith(prefix)
    }
    assert len(several) == 1, f"{path}: {len(several)} functions"
    return several.pop()


@contextmanager
def mutated(one: Mutant) -> Iterator[None]:
    """The code with this permission broken."""
    function = found(one.function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef | ast.AsyncFunctionDef)
    definition.decorator_list = []
    changed = ast.fix_missing_locations(one.change(tree))
    space = dict(function.__globals__)
    exec(compile(changed, inspect.getsourcefile(function) or "?", "exec"), space)
    before, function.__code__ = function.__code__, space[definition.name].__code__
    try:
        yield
    finally:
        function.__code__ = before


TALK = "/api/conversations/{conversation}"
MUTANTS = [
    mutant("identity:may_administer", admits("operator"), "POST /api/branches"),
    mutant("identity:may_administer", admits("supervisor"), "GET /api/issuers"),
    mutant("identity:may_administer", admits("editor"), "PATCH /api/staff/{staff_id}"),
    mutant("identity:may_administer", admits("advisor"), "POST /api/staff/{staff_id}/licences"),
    mutant("identity:may_administer", always(False), "POST /api/staff"),
    mutant("identity:may_administer", always(True), "POST /api/origins"),
    mutant("identity:may_list_staff", admits("advisor"), "GET /api/staff"),
    mutant("identity:may_list_staff", forgets("supervisor"), "GET /api/staff"),
    mutant("identity:may_list_staff", always(True), "GET /api/staff/{staff_id}/licences"),
    mutant("identity:may_set_own_capacity", always(True), "PATCH /api/me"),
    mutant("identity:may_set_own_capacity", always(False), "PATCH /api/me"),
    mutant("identity:may_set_photo", admits("operator"), "PUT /api/staff/{staff_id}/photo"),
    mutant("identity:may_set_photo", always(True), "DELETE /api/staff/{staff_id}/photo"),
    mutant("identity:administrator", unguarded(), "POST /api/staff/{staff_id}/lock"),
    mutant("identity:change_licence", unguarded(), "PATCH /api/licences/{licence_id}"),
    mutant("connections:may_oversee", admits("client_manager"), "GET /api/connections"),
    mutant("connections:may_oversee", always(False), "GET /api/connections"),
    mutant("connections:plan_handover", unguarded(), "POST /api/handovers"),
    mutant("connections:plan_handover", admits("operator"), "POST /api/handovers"),
    mutant("connections:my_handover", unguarded(), "GET /api/client/handover"),
    mutant("identity:import_feed", unguarded(), "POST /api/hr/import"),
    mutant("identity:feed_history", unguarded(), "GET /api/hr/events"),
    mutant("connections:may_see_client", always(True), "GET /api/clients/{client_id}"),
    mutant("connections:may_see_client", forgets("supervisor"), "GET /api/clients/{client_id}"),
    mutant("connections:may_see_client", admits("operator"), "GET /api/clients/{client_id}"),
    mutant("connections:may_staff_speak", always(None), f"POST {TALK}/entries"),
    mutant("connections:lacks_licence", always(None), f"POST {TALK}/entries"),
    mutant("connections:_administrator", unguarded(),
           "POST /api/connections/{connection_id}/dissolve"),
    mutant("connections:_administrator", admits("supervisor"),
           "POST /api/connections/{connection_id}/suspend"),
    mutant("connections:_administrator", admits("advisor"),
           "POST /api/staff/{staff_id}/leave", "POST /api/connections/import"),
    mutant("conversations:place", always(None), f"POST {TALK}/entries"),
    mutant("conversations:may_close", always(True), f"POST {TALK}/close"),
    mutant("conversations:may_close", always(False), f"POST {TALK}/close"),
    mutant("conversations:supervisor", admits("operator"),
           "GET /api/supervision/conversations"),
    mutant("conversations:supervisor", admits("examiner"),
           "GET /api/supervision/conversations/{conversation}/entries"),
    mutant("conversations:supervisor", unguarded(),
           "GET /api/supervision/attachments/{attachment}"),
    mutant("conversations:acknowledge_notice", unguarded(), "POST /api/client/notice"),
    mutant("conversations:open_with", unguarded(), "POST /api/client/conversations"),
    mutant("dispatch:set_presence", admits("partner_staff"), "PUT /api/presence"),
    mutant("dispatch:my_presence", admits("operator"), "GET /api/presence"),
    mutant("dispatch:home", unguarded(), "GET /api/client/home"),
    mutant("dispatch:latest_decisions", admits("administrator"),
           "GET /api/decisions"),
    mutant("dispatch:latest_decisions", forgets("operator"), "GET /api/decisions"),
    mutant("dispatch:slots", unguarded(), "GET /api/client/slots"),
    mutant("dispatch:_serving", admits("partner_staff"), "GET /api/offers"),
    mutant("dispatch:_serving", unguarded(), "GET /api/pool"),
    mutant("dispatch:_administrator", admits("operator"),
           "PUT /api/branches/{branch_id}/hours"),
    mutant("analytics:may_rehearse", admits("supervisor"), "PUT /api/rehearsal"),
    mutant("archive:may_count", admits("editor"), "GET /api/records/count"),
    mutant("analytics:may_see_figures", forgets("operator"), "GET /api/board"),
    mutant("knowledge:may_write", admits("supervisor"), "POST /api/knowledge"),
    mutant("knowledge:may_write", always(False), "POST /api/knowledge"),
    mutant("knowledge:may_approve", admits("operator"),
           "POST /api/knowledge/{entry_id}/versions/{number}/approve"),
    mutant("knowledge:sees_drafts", always(True), "GET /api/knowledge/{entry_id}"),
    mutant("knowledge:check_decision", always(None),
           "POST /api/knowledge/{entry_id}/versions/{number}/approve"),
    mutant("channels:log_of", admits("supervisor"), "GET /api/notices"),
    mutant("channels:subscribe", unguarded(), "POST /api/push/subscriptions"),
    mutant("supervision:judge_draft", unguarded(), "POST /api/judge"),
    mutant("assistant:standard_answers", unguarded(), "GET /api/answers"),
    mutant("kernel.auth:Actor.has", always(True), "GET /api/staff"),
]  # fmt: skip
