"""What the product register refuses."""

from visavis.kernel.errors import Refusal


class UnfitProduct(Refusal):
    """A version cannot be taken as it stands; `field` and `reason` say what is wrong."""

    code = "unfit_product"
    status = 422


class CodeTaken(Refusal):
    """Another product has this code."""

    code = "product_code_taken"
    status = 409


class VersionDecided(Refusal):
    """The version was approved or returned before."""

    code = "product_version_decided"
    status = 409


class SameHand(Refusal):
    """Whoever proposed a version does not decide on it."""

    code = "product_same_hand"
    status = 403


class UnreadableList(Refusal):
    """The file is no product list; `reason` says why."""

    code = "product_list_unreadable"
    status = 422
