"""Why a product does not reach a client; the source of each rule stands in `rules`."""

from visavis.kernel.errors import Refusal


class AboveLevel(Refusal):
    """The product's risk is above the client's level (CSRC order 130 art 22(3))."""

    code = "suitability_above_level"
    status = 403


class LowestClass(Refusal):
    """The client is of the lowest class: R1 and nothing else, no exception (order 130 art 22(5))."""

    code = "suitability_lowest_class"
    status = 403


class NotAssessed(Refusal):
    """The client has no assessment, so that no product can be shown."""

    code = "suitability_not_assessed"
    status = 403


class AssessmentExpired(Refusal):
    """The client's assessment has expired."""

    code = "suitability_assessment_expired"
    status = 403


class DataRefused(Refusal):
    """The client did not give the data that matching needs (Securities Law art 88)."""

    code = "suitability_data_refused"
    status = 403


class GoalMismatch(Refusal):
    """The product does not fit the client's goal, term or kinds (order 130 art 22(4)); `what` says which."""

    code = "goal_mismatch"
    status = 403


class AccessCondition(Refusal):
    """The client does not meet the product's access condition (order 130 art 22(1))."""

    code = "product_access_condition"
    status = 403


class NotInForce(Refusal):
    """No version of this product is in force."""

    code = "product_not_in_force"
    status = 409


class AdviceNeedsRegistration(Refusal):
    """A product with a view on it is investment advice: it needs a valid advisory registration at this moment."""

    code = "advice_needs_registration"
    status = 403


class CardNotYours(Refusal):
    """Product cards are the firm's: a client asks about a product, and partners only refer."""

    code = "product_card_not_yours"
    status = 403


class AnsweredByClientAlone(Refusal):
    """Only the client himself does this, in his own session that nobody else controls."""

    code = "client_alone"
    status = 403


class NotYetPermitted(Refusal):
    """The order needs a permission that does not stand: none, expired, of another product, version or amount."""

    code = "suitability_not_permitted"
    status = 403
