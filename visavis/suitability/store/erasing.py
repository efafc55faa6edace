"""Serving copies of a client's suitability that go with his keys."""

from visavis.archive.types import Erasure

ERASURES = (
    Erasure(
        "client_request_step",
        "DELETE FROM client_request_step WHERE request_id IN (SELECT id FROM client_request WHERE client_id = $1)",
    ),
    *(
        Erasure(table, f"DELETE FROM {table} WHERE client_id = $1")
        for table in (
            "client_request", "match_decision", "investor_category", "assessment", "product_card",
            "suitability_client",
        )
    ),
)  # fmt: skip
