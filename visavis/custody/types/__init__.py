"""The words of custody: audits, looks, exports, grants, holds, destructions."""

from visavis.custody.types.audits import Audit, AuditState, Fault, Line, What
from visavis.custody.types.capture import Capture, CaptureResumed, CaptureStopped
from visavis.custody.types.exports import Bundle, DossierAsk, Export, ExportFormat, ExportState
from visavis.custody.types.keeping import Destruction, DestructionState, Hold, Kept, Regime
from visavis.custody.types.looks import Found, Grant, Look, Query, Scope
from visavis.custody.types.portraits import CopyFormat, Part
from visavis.custody.types.refusals import (
    AlreadySettled,
    BeyondGrant,
    GrantMissing,
    GrantNamesClients,
    GrantTooLong,
    GroundNeeded,
    NotReady,
    NotRestricted,
    OnHold,
    PeriodEmpty,
    PurposeNeeded,
    SamePerson,
    ServesClient,
    StillRetained,
    TooMuch,
)

__all__ = [
    "AlreadySettled",
    "Audit",
    "AuditState",
    "BeyondGrant",
    "Bundle",
    "Capture",
    "CaptureResumed",
    "CaptureStopped",
    "CopyFormat",
    "Destruction",
    "DestructionState",
    "DossierAsk",
    "Export",
    "ExportFormat",
    "ExportState",
    "Fault",
    "Found",
    "Grant",
    "GrantMissing",
    "GrantNamesClients",
    "GrantTooLong",
    "GroundNeeded",
    "Hold",
    "Kept",
    "Line",
    "Look",
    "NotReady",
    "NotRestricted",
    "OnHold",
    "Part",
    "PeriodEmpty",
    "PurposeNeeded",
    "Query",
    "Regime",
    "SamePerson",
    "Scope",
    "ServesClient",
    "StillRetained",
    "TooMuch",
    "What",
]
