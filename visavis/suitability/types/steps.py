"""What suitability refuses apart from products: attempts, steps, conversions, documents."""

from visavis.kernel.errors import Refusal


class TooManyAttempts(Refusal):
    """The questionnaire was answered often enough today; `limit` attempts a day."""

    code = "assessment_attempts_used"
    status = 429


class OldQuestionnaire(Refusal):
    """Another version of the questionnaire is in force."""

    code = "questionnaire_outdated"
    status = 409


class UnfitAnswers(Refusal):
    """The answers do not belong to the questions; `question` names the first."""

    code = "unfit_answers"
    status = 422


class NothingToAsk(Refusal):
    """The product is open to the client: no request is needed."""

    code = "request_not_needed"
    status = 409


class WrongStep(Refusal):
    """This step does not come now; `state` is where the request stands."""

    code = "request_wrong_step"
    status = 409


class WarningNotRead(Refusal):
    """The warning was not shown long enough, not read to the end, or not confirmed in the words asked for."""

    code = "warning_not_read"
    status = 409


class ConditionsNotMet(Refusal):
    """The conditions of a professional investor are not met; `what` says which."""

    code = "professional_conditions"
    status = 409


class AlreadyProfessional(Refusal):
    """The client is professional, or an application waits for its answer."""

    code = "professional_already"
    status = 409


class UnfitDocument(Refusal):
    """The document cannot come into force; `reason` says why."""

    code = "unfit_document"
    status = 422


class DocumentDecided(Refusal):
    """The document's version was approved or returned before."""

    code = "document_decided"
    status = 409


class SameHandDocument(Refusal):
    """Whoever proposed a document does not decide on it."""

    code = "document_same_hand"
    status = 403
