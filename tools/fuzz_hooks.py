"""What schemathesis does otherwise than usual here: ids that exist, another caller for every call, a count of answers.

Loaded by schemathesis itself (SCHEMATHESIS_HOOKS); tools/fuzz.py writes the plan and reads the result.
"""

import atexit
import json
import os
import random
from collections import Counter
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import strategies as st

PLAN = json.loads(Path(os.environ["VISAVIS_FUZZ_PLAN"]).read_text())
RESULT = Path(os.environ["VISAVIS_FUZZ_RESULT"])
CALLERS: list[tuple[str, str]] = [(name, bearer) for name, bearer in PLAN["callers"].items()]
_dice = random.Random(PLAN["seed"])  # noqa: S311 - the same callers for the same seed
_by_status: Counter[str] = Counter()
_by_caller: Counter[str] = Counter()
_operations: set[str] = set()
_faults: dict[str, dict[str, Any]] = {}

# Half of all ids are ids of something.
schemathesis.openapi.format("uuid", st.sampled_from(PLAN["ids"]) | st.uuids().map(str))


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Another caller for every call."""
    del context, kwargs
    name, bearer = _dice.choice(CALLERS)
    _by_caller[name] += 1
    headers = dict(case.headers or {})
    headers.pop("Authorization", None)
    case.headers = headers | ({"Authorization": f"Bearer {bearer}"} if bearer else {})


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Count the answer; keep the first fault of each operation."""
    del context
    operation = f"{case.method.upper()} {case.path}"
    _operations.add(operation)
    _by_status[str(response.status_code)] += 1
    if response.status_code >= 500:
        _faults.setdefault(
            f"{operation} {response.status_code}",
            {"answer": response.text[:500], "call": case.as_curl_command()[:4000]},
        )


@atexit.register
def _keep() -> None:
    told = {
        "statuses": _by_status, "callers": _by_caller, "operations": sorted(_operations),
        "faults": _faults,
    }  # fmt: skip
    RESULT.write_text(json.dumps(told, ensure_ascii=False))
