"""The words of the product register, gathered from the modules beside this one."""

from visavis.products.types.refusals import (
    CodeTaken,
    SameHand,
    UnfitProduct,
    UnreadableList,
    VersionDecided,
)
from visavis.products.types.words import (
    NO_RECORD,
    Goal,
    ListResult,
    ListRow,
    ProductChanged,
    ProductDetails,
    ProductKind,
    ProductRiskLevel,
    ProductVersion,
    VersionState,
)

__all__ = [
    "NO_RECORD",
    "CodeTaken",
    "Goal",
    "ListResult",
    "ListRow",
    "ProductChanged",
    "ProductDetails",
    "ProductKind",
    "ProductRiskLevel",
    "ProductVersion",
    "SameHand",
    "UnfitProduct",
    "UnreadableList",
    "VersionDecided",
    "VersionState",
]
