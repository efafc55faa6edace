"""What conversations say no to."""

from visavis.kernel.errors import Refusal


class ClientKeyReused(Refusal):
    """The same retry key came with another content; the first content stands."""

    code = "client_key_reused"
    status = 409


class NoticeRequired(Refusal):
    """The recording notice must be acknowledged before the first word (Cybersecurity and PI law duty of notice)."""

    code = "notice_required"
    status = 403


class IsClosed(Refusal):
    """The conversation has ended; a new one can be opened."""

    code = "conversation_closed"
    status = 409


class NotHandler(Refusal):
    """Somebody else answers in this conversation."""

    code = "not_handler"
    status = 403


class TooLong(Refusal):
    """The text is longer than `limit` characters."""

    code = "message_too_long"
    status = 422


class UnfitMoment(Refusal):
    """What is put off is put off to a moment to come, at most `days` ahead."""

    code = "unfit_moment"
    status = 422


class TooLate(Refusal):
    """The time in which an own message may be edited or recalled has passed; `minutes` is that time."""

    code = "too_late_to_change"
    status = 409


class AlreadyRecalled(Refusal):
    """The message has been withdrawn before."""

    code = "already_recalled"
    status = 409


class AlreadyRated(Refusal):
    """The client has rated this conversation before."""

    code = "already_rated"
    status = 409


class NotClosed(Refusal):
    """Only a closed conversation can be rated."""

    code = "conversation_not_closed"
    status = 409


class PurposeRequired(Refusal):
    """A supervisor's look needs a purpose of at least 4 characters; it goes on record."""

    code = "purpose_required"
    status = 422


class AlreadyDecided(Refusal):
    """The held message was released or refused before."""

    code = "already_decided"
    status = 409


class AuthorBarred(Refusal):
    """The author of a held message may not speak to this client any more: it can only be refused."""

    code = "author_barred"
    status = 409


class OwnMessage(Refusal):
    """Nobody decides about a message of his own."""

    code = "own_message"
    status = 403


class UnfitFile(Refusal):
    """The file cannot be taken; `reason` names what is wrong with it."""

    code = "unfit_file"
    status = 422


class FileTooLarge(Refusal):
    """The file exceeds `limit` bytes, pixels or pages."""

    code = "file_too_large"
    status = 413


class TransferImpossible(Refusal):
    """The colleague cannot take over; `reason` names the failed condition."""

    code = "transfer_impossible"
    status = 409


class NotCaptured(Refusal):
    """What would be said now cannot be proved to be captured (REC-09): staff wait until it can."""

    code = "not_captured"
    status = 503
