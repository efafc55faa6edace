"""The versioned policies that ship with the product: weights and limits as data, never in code."""

from functools import cache
from importlib import resources

import msgspec

from visavis.dispatch.rules.policy import Policy


@cache
def default() -> Policy:
    """The policy in force, read once."""
    return msgspec.json.decode(
        resources.files(__name__).joinpath("default.json").read_bytes(), type=Policy
    )
