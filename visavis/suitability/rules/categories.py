"""Ordinary and professional investors (CSRC order 130 arts 8, 11, 12; SUIT-15)."""

from visavis.suitability.types import Evidence, Professional, Threshold


def lacks(evidence: Evidence, law: Professional) -> str | None:
    """What is missing to be professional by law (art 8), or None; `assets` or `experience`."""
    if evidence.licensed_institution:
        return None
    return _missing(evidence, law.organisation if evidence.organisation else law.person)


def lacks_to_apply(evidence: Evidence, law: Professional) -> str | None:
    """What is missing for an ordinary investor to apply (art 11), or None."""
    needed = law.organisation_applies if evidence.organisation else law.person_applies
    return _missing(evidence, needed)


def _missing(evidence: Evidence, needed: Threshold) -> str | None:
    if evidence.organisation:
        rich = evidence.financial >= needed.financial and evidence.net >= needed.net
    else:
        earns = needed.income > 0 and evidence.income >= needed.income
        rich = evidence.financial >= needed.financial or earns
    if not rich:
        return "assets"
    knows = evidence.years >= needed.years or (evidence.relevant_job and not evidence.organisation)
    return None if knows else "experience"
