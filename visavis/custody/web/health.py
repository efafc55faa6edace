"""Route of capture health and of the log's checkpoints."""

from fastapi import APIRouter, Response

from visavis.custody import api
from visavis.kernel import clock
from visavis.kernel.http import Signed, answer

router = APIRouter(prefix="/api/custody", tags=["custody"])


@router.get("/health")
async def capture_health(edge: Signed) -> Response:
    """Whether everything is captured, how far the log is, and its newest checkpoints."""
    async with edge.transaction() as tx:
        capture, standing, batches = await api.health(tx, edge.who)
    oldest = standing.oldest_waiting_us
    return answer(
        {
            "stopped": capture.stopped_at is not None,
            "failing_since": clock.to_ms(capture.failing_since) if capture.failing_since else None,
            "reason": capture.reason,
            "size": standing.size,
            "waiting": standing.waiting,
            "oldest_waiting_at": oldest // 1000 if oldest is not None else None,
            "halt": standing.halt.reason if standing.halt else None,
            "halt_place": standing.halt.place if standing.halt else None,
            "checkpoints": [
                {
                    "size": one.size,
                    "leaves": one.size - one.first,
                    "root": one.root.hex() if one.root else None,
                    "at": clock.to_ms(one.published_at) if one.published_at else None,
                }
                for one in batches
            ],
        }
    )
