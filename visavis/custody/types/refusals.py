"""What custody says no to."""

from visavis.kernel.errors import Refusal


class PurposeNeeded(Refusal):
    """A look into the archive says what it is for, in 4 to 500 characters."""

    code = "archive_purpose_required"
    status = 422


class GrantMissing(Refusal):
    """An examiner has no grant that is open now."""

    code = "grant_missing"
    status = 403


class BeyondGrant(Refusal):
    """The grant does not cover this client or this time."""

    code = "beyond_grant"
    status = 403


class NotReady(Refusal):
    """The export's file is not there, or not any more."""

    code = "export_not_ready"
    status = 409


class TooMuch(Refusal):
    """So many records are an export's business, not a dossier's."""

    code = "dossier_too_large"
    status = 422


class NotRestricted(Refusal):
    """Only what is kept for the law's sake alone can be destroyed: the client must be restricted first."""

    code = "not_restricted"
    status = 409


class StillRetained(Refusal):
    """The law still demands that something of this client is kept."""

    code = "still_retained"
    status = 409


class OnHold(Refusal):
    """A legal hold lies on this client; it beats every expiry."""

    code = "on_hold"
    status = 409


class SamePerson(Refusal):
    """Whoever asks for a destruction does not decide on it."""

    code = "same_person"
    status = 403


class AlreadySettled(Refusal):
    """The hold, or the destruction, has been settled before."""

    code = "already_settled"
    status = 409
