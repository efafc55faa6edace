"""Policy packs that tests judge by."""

import json
import pathlib
from dataclasses import replace

from visavis.supervision import api as supervision
from visavis.supervision.rules.building import compile_pack
from visavis.supervision.rules.pack import Pack
from visavis.supervision.types import Action, Verdict

FOLDER = pathlib.Path(supervision.__file__).parents[1] / "policies"
# What that pack holds.
HELD = "我们加微信聊吧"


def blind(pack: Pack) -> Pack:
    """A pack of that kind that knows no breach yet."""
    nothing = Verdict(Action.PASS, pack_version="blind")
    return replace(pack, version="blind", tracks={}, signals={}, passed=nothing)


def holding() -> Pack:
    """The pack of the house, but its rule against other channels holds instead of blocking."""
    documents = [json.loads((FOLDER / name).read_text("utf-8")) for name in supervision.DOCUMENTS]
    for document in documents:
        for policy in document["policies"]:
            if policy.get("id") == "off-platform" and "actions" in policy:
                policy["actions"]["staff_to_client"] = "hold"
    return compile_pack(documents, supervision.pack().reader)
