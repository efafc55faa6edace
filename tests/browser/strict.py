"""The demo with a policy that holds: what invites a client elsewhere waits for a supervisor, not blocked."""

import json
import pathlib

from visavis.__main__ import app
from visavis.supervision import api as supervision
from visavis.supervision.rules.pack import compile_pack

FOLDER = pathlib.Path(supervision.__file__).parent / "policies"


def holding() -> object:
    """The pack of the house, whose rule against other channels holds."""
    documents = [json.loads((FOLDER / name).read_text("utf-8")) for name in supervision.DOCUMENTS]
    for document in documents:
        for policy in document["policies"]:
            if policy.get("id") == "off-platform" and "actions" in policy:
                policy["actions"]["staff_to_client"] = "hold"
    return compile_pack(documents)


if __name__ == "__main__":
    pack = holding()
    supervision.pack = lambda: pack  # type: ignore[assignment]
    app()
