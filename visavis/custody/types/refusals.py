"""What custody says no to."""

from visavis.kernel.errors import Refusal


class WordsNeeded(Refusal):
    """What is looked for has no letter, figure or character in it."""

    code = "search_words_needed"
    status = 422


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


class ServesClient(Refusal):
    """Whoever serves or served a client opens nothing of this client's record; somebody else must look (COMM-08)."""

    code = "serves_client"
    status = 403


class GrantNamesClients(Refusal):
    """The grant covers single clients, and the question named none of them."""

    code = "grant_names_clients"
    status = 422


class GrantOverlaps(Refusal):
    """One grant of an examiner is open at a time: another one lies in this time and would hide it, or be hidden."""

    code = "grant_overlaps"
    status = 409


class GrantTooLong(Refusal):
    """A grant ends after now and after it starts, within a year."""

    code = "grant_too_long"
    status = 422


class PeriodEmpty(Refusal):
    """A period ends after it begins."""

    code = "period_is_empty"
    status = 422


class GroundNeeded(Refusal):
    """What is done to a client's record says why and on whose word, in 4 to 500 characters each."""

    code = "ground_required"
    status = 422


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
