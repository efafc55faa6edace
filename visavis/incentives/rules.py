"""What may be paid for bringing clients, and what never.

Sources: order 204 (2023) on brokerage: nobody but the firm's own staff and registered broker-agents is entrusted with
solicitation, and commission rebates and gifts are a red line; PART-01, PART-02, INC-01.
"""

from collections.abc import Collection

from visavis.incentives.types import Settlement, Share

OUTSIDE = frozenset({"partner_staff", "partner_firm"})


def forbidden(rule: Settlement, contracts: Collection[str]) -> str | None:
    """Why this rule cannot be, or None; for the types in `contracts` compliance has enabled a reward by account."""
    if rule.cap <= 0:
        return "no cap"
    for share in rule.shares:
        reason = _reason(share, contracts)
        if reason is not None:
            return reason
    return None


def _reason(share: Share, contracts: Collection[str]) -> str | None:
    if share.yuan < 0:
        return "less than nothing"
    if share.to in ("client", "third_party"):
        return f"nothing is paid to a {share.to}"
    if share.basis in ("commission", "gift"):
        return f"no {share.basis} is shared"
    if share.to in OUTSIDE and share.basis == "account" and share.contract not in contracts:
        return "a reward by account needs a type of contract that compliance has enabled"
    if share.to == "partner_staff" and share.basis != "account":
        return "staff of partners get nothing of their own"
    if share.to == "staff" and share.basis in ("account", "referral"):
        return "staff are paid by quality"
    return None
