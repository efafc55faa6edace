"""The command `visavis archive audit`: is everything that happened on record, and nothing else?"""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from visavis import launch
from visavis.custody.types import Audit
from visavis.kernel.settings import load


def audit(
    home: Annotated[Path | None, typer.Option(help="Data folder of the platform.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="End with one line of JSON.")] = False,
) -> None:
    """Compare every table of origin with the record, both ways; exit status 1 and each fault's name when they differ.

    The result is on record itself.
    """
    settings = load(**{"home": home} if home else {})
    with launch.reached_postgres(settings) as dsn:
        found = asyncio.run(launch.audit(settings, dsn))
    for fault in found.faults:
        print(fault)
    print(f"{found.records} records and {found.lines} rows compared, {found.fault_count} faults")
    if as_json:
        print(json.dumps(audit_out(found), ensure_ascii=False))
    raise SystemExit(1 if found.fault_count else 0)


def audit_out(found: Audit) -> dict[str, object]:
    """A comparison as JSON."""
    return {
        "ok": found.fault_count == 0,
        "records": found.records,
        "rows": found.lines,
        "faults": found.fault_count,
        "first_fault": str(found.faults[0]) if found.faults else None,
        "named": [
            {
                "what": one.what.value,
                "table": one.table,
                "key": one.key,
                "record": str(one.record_id) if one.record_id else None,
                "fields": list(one.fields),
            }
            for one in found.faults
        ],
        "record": str(found.record_id),
    }
