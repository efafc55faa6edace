"""The installation's terms that the doors of incentives need without being handed settings."""

from visavis.kernel.settings import Settings

_contracts: frozenset[str] = frozenset()


def install(settings: Settings) -> None:
    """Use the terms of `settings` in this process; called once, by the composition root."""
    global _contracts
    found = (one.strip() for one in settings.reward_contracts.split(","))
    _contracts = frozenset(filter(None, found))


def contracts() -> frozenset[str]:
    """The types of contract for which compliance has enabled a reward by account."""
    return _contracts
