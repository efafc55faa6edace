"""What review says no to."""

from visavis.kernel.errors import Refusal


class ItemClaimed(Refusal):
    """Somebody else has this in hand."""

    code = "item_claimed"
    status = 409


class NotClaimed(Refusal):
    """A verdict is given on an item in one's own hand; it was let go or its time has passed."""

    code = "item_not_claimed"
    status = 409


class AlreadyJudged(Refusal):
    """The item is closed, or this person has judged it before."""

    code = "item_already_judged"
    status = 409


class Conflicted(Refusal):
    """This reviewer is the subject, belongs to the subject's branch, or has had his say; `reason` names which."""

    code = "reviewer_conflicted"
    status = 403


class CaseClosed(Refusal):
    """The case has ended."""

    code = "case_closed"
    status = 409


class TicketTaken(Refusal):
    """Somebody else handles the ticket, or it is closed."""

    code = "ticket_taken"
    status = 409


class NothingSaid(Refusal):
    """Some words are needed: what happened, or what was found."""

    code = "words_required"
    status = 422


class OwnBroadcast(Refusal):
    """Nobody approves his own words."""

    code = "own_broadcast"
    status = 403


class BroadcastDecided(Refusal):
    """The broadcast was approved or refused before."""

    code = "broadcast_decided"
    status = 409


class BroadcastBlocked(Refusal):
    """The rules do not let this text be sent to several clients; `reason` names the rule."""

    code = "broadcast_blocked"
    status = 409
