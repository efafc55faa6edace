"""What dispatch says no to."""

from visavis.kernel.errors import Refusal


class AlreadyTaken(Refusal):
    """Somebody else was faster."""

    code = "already_taken"
    status = 409


class OfferOver(Refusal):
    """The offer has expired or was withdrawn."""

    code = "offer_over"
    status = 409


class NotEligible(Refusal):
    """A hard constraint failed at the moment of the claim; `params["constraint"]` names it."""

    code = "not_eligible"
    status = 409


class RequestOver(Refusal):
    """The request is no longer waiting, so that nothing can be chosen."""

    code = "request_over"
    status = 409


class SlotTaken(Refusal):
    """This time cannot be booked (any more)."""

    code = "slot_taken"
    status = 409


class NotServing(Refusal):
    """Only staff who serve clients have a presence."""

    code = "not_serving"
    status = 403


class NoPersonForVisitors(Refusal):
    """A visitor who is not signed in gets education only."""

    code = "sign_in_for_person"
    status = 403
