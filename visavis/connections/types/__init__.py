"""The words of connections: states, ties, reasons, events and refusals, gathered from the modules beside this one."""

from visavis.connections.types.book import (
    BookResult,
    BookRow,
    RowError,
)
from visavis.connections.types.events import (
    ConnectionDissolved,
    ConnectionEstablished,
    ConnectionProposed,
)
from visavis.connections.types.refusals import (
    AlreadyDissolved,
    CapabilityMissing,
    ClientRestricted,
    ConnectionEnded,
    ConnectionResting,
    LicenceExpired,
    NoSuchSuccessor,
    NotConnected,
    QuietHours,
    StaffSuspended,
    TouchCapReached,
    UnreadableBook,
    WrongEnvironment,
)
from visavis.connections.types.words import (
    Ask,
    Basis,
    Connection,
    Contact,
    Limits,
    PersonCard,
    Reason,
    State,
    Tie,
)

__all__ = [
    "AlreadyDissolved",
    "Ask",
    "Basis",
    "BookResult",
    "BookRow",
    "CapabilityMissing",
    "ClientRestricted",
    "Connection",
    "ConnectionDissolved",
    "ConnectionEnded",
    "ConnectionEstablished",
    "ConnectionProposed",
    "ConnectionResting",
    "Contact",
    "LicenceExpired",
    "Limits",
    "NoSuchSuccessor",
    "NotConnected",
    "PersonCard",
    "QuietHours",
    "Reason",
    "RowError",
    "StaffSuspended",
    "State",
    "Tie",
    "TouchCapReached",
    "UnreadableBook",
    "WrongEnvironment",
]
