"""Serving copies of a client's suitability: what goes with his keys, and what he may take home."""

from visavis.archive.types import Erasure, Holding

ERASURES = (
    Erasure(
        "client_request_step",
        "DELETE FROM client_request_step WHERE request_id IN (SELECT id FROM client_request WHERE client_id = $1)",
    ),
    Erasure(
        "professional_proof",
        "DELETE FROM professional_proof WHERE client_id = $1 RETURNING served_path, original_path",
        files=True,
    ),
    *(
        Erasure(table, f"DELETE FROM {table} WHERE client_id = $1")
        for table in (
            "client_request", "match_decision", "investor_category", "assessment", "product_card",
            "suitability_client",
        )
    ),
)  # fmt: skip

MATCHES = """
SELECT p.code AS product, m.product_version AS version, m.path, m.allowed, m.reason, m.at
FROM match_decision AS m JOIN product AS p ON p.id = m.product_id WHERE m.client_id = $1 ORDER BY m.at
"""
REQUESTS = """
SELECT p.code AS product, r.product_version AS version, r.state, r.amount_upto, r.created_at, r.confirmed_at,
    r.permitted_at, r.expires_at
FROM client_request AS r JOIN product AS p ON p.id = r.product_id WHERE r.client_id = $1 ORDER BY r.created_at
"""
CARDS = """
SELECT p.code AS product, c.product_version AS version, c.sent_at, c.recalled_at
FROM product_card AS c JOIN product AS p ON p.id = c.product_id WHERE c.client_id = $1 ORDER BY c.sent_at
"""

HOLDINGS = (
    Holding("assessments", "given", "SELECT taken_at, state, questionnaire_version, answers FROM assessment"
            " WHERE client_id = $1 ORDER BY taken_at"),
    Holding("levels", "derived", "SELECT taken_at, 'C' || level AS level, lowest, score, bands_version, goals, kinds,"
            " months, expires_at FROM assessment WHERE client_id = $1 AND state <> 'refused_data' ORDER BY taken_at",
            "assessments"),
    Holding("categories", "given", "SELECT state, basis, evidence, score, answer, applied_at, decided_at, valid_until"
            " FROM investor_category WHERE client_id = $1 ORDER BY applied_at"),
    Holding("proofs", "given", "SELECT name, type, size, at FROM professional_proof WHERE client_id = $1 ORDER BY at"),
    Holding("match_decisions", "derived", MATCHES, "levels"),
    Holding("product_requests", "given", REQUESTS),
    Holding("product_cards", "firm", CARDS),
)  # fmt: skip
