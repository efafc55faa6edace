"""Routes of the audit of completeness."""

from typing import Any

from fastapi import APIRouter, Response

from visavis.custody import api
from visavis.custody.types import Audit
from visavis.kernel import clock
from visavis.kernel.http import Signed, answer

router = APIRouter(prefix="/api/custody", tags=["custody"])


@router.get("/audits")
async def list_audits(edge: Signed) -> Response:
    """The last comparisons of all tables with the record, newest first."""
    async with edge.transaction() as tx:
        found = await api.audits(tx, edge.who)
    return answer({"items": [_audit(one) for one in found], "next": None})


@router.post("/audits", status_code=202)
async def ask_audit(edge: Signed) -> Response:
    """Ask for a comparison now; it is done in the background."""
    async with edge.transaction() as tx:
        run_id = await api.ask_for_audit(tx, edge.who)
    return answer({"id": run_id}, 202)


def _audit(one: Audit) -> dict[str, Any]:
    return {
        "id": one.id,
        "state": one.state.value,
        "asked_at": clock.to_ms(one.asked_at),
        "ended_at": clock.to_ms(one.ended_at) if one.ended_at else None,
        "records": one.records,
        "rows": one.lines,
        "faults": one.fault_count,
        "named": [
            {
                "what": fault.what.value,
                "table": fault.table,
                "key": fault.key,
                "record": fault.record_id,
                "fields": list(fault.fields),
            }
            for fault in one.faults[:200]
        ],
        "record": one.record_id,
    }
