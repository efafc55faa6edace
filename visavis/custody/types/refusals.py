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
