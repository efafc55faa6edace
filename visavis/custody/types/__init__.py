"""The words of custody: audits, looks, exports, grants, holds, destructions."""

from visavis.custody.types.audits import Audit, AuditState, Fault, Line, What
from visavis.custody.types.exports import Bundle, DossierAsk, Export, ExportFormat, ExportState
from visavis.custody.types.looks import Found, Grant, Look, Query, Scope
from visavis.custody.types.refusals import (
    BeyondGrant,
    GrantMissing,
    NotReady,
    PurposeNeeded,
    TooMuch,
)

__all__ = [
    "Audit",
    "AuditState",
    "BeyondGrant",
    "Bundle",
    "DossierAsk",
    "Export",
    "ExportFormat",
    "ExportState",
    "Fault",
    "Found",
    "Grant",
    "GrantMissing",
    "Line",
    "Look",
    "NotReady",
    "PurposeNeeded",
    "Query",
    "Scope",
    "TooMuch",
    "What",
]
