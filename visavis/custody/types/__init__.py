"""The words of custody: audits, looks, exports, grants, holds, destructions."""

from visavis.custody.types.audits import Audit, AuditState, Fault, Line, What

__all__ = [
    "Audit",
    "AuditState",
    "Fault",
    "Line",
    "What",
]
