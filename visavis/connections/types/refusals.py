"""What connections say no to; sentences are in `messages.json`."""

from visavis.kernel.errors import Refusal


class NotConnected(Refusal):
    """There is no connection between this member of staff and this client, or it is not established."""

    code = "not_connected"
    status = 403


class ConnectionEnded(Refusal):
    """The firm has dissolved the connection."""

    code = "connection_dissolved"
    status = 403


class ConnectionResting(Refusal):
    """The firm has suspended the connection."""

    code = "connection_suspended"
    status = 403


class LicenceExpired(Refusal):
    """The sender's registration does not stand at this moment (条例 2020 art 23; LIC-01)."""

    code = "licence_expired"
    status = 403


class CapabilityMissing(Refusal):
    """The sender's role may not serve clients at all (LIC-02: partner staff only refer)."""

    code = "capability_missing"
    status = 403


class StaffSuspended(Refusal):
    """The sender is suspended or has left the firm."""

    code = "staff_suspended"
    status = 403


class ClientRestricted(Refusal):
    """The client may not write at the moment."""

    code = "client_restricted"
    status = 403


class WrongEnvironment(Refusal):
    """Sender and client belong to different worlds (real, simulated, test)."""

    code = "wrong_environment"
    status = 403


class OutsideContract(Refusal):
    """The sender's contract covers neither the branch nor the region of this client (LIC-02)."""

    code = "outside_contract"
    status = 403


class GreetingsRefused(Refusal):
    """The client does not wish to be contacted unasked (CONN-04)."""

    code = "greetings_refused"
    status = 403


class TouchCapReached(Refusal):
    """Too many proactive contacts lately; `allowed_at` is in ms."""

    code = "touch_cap_reached"
    status = 429


class QuietHours(Refusal):
    """No proactive contact at this hour; `allowed_at` is in ms."""

    code = "quiet_hours"
    status = 409


class AlreadyDissolved(Refusal):
    """The connection has ended before."""

    code = "already_dissolved"
    status = 409


class NoSuchSuccessor(Refusal):
    """The chosen successor cannot serve this client; `reason` says why."""

    code = "no_such_successor"
    status = 409


class UnreadableBook(Refusal):
    """The file as a whole cannot be used; `reason` says why."""

    code = "book_unreadable"
    status = 422
