"""What a request is about and which capability it needs, where nobody has said so (LIC-04).

Advice needs a licence that service does not: what touches a recommendation goes to advisors, everything else to anybody
who serves. In doubt the page decides, and what has no topic is service.
"""

from collections.abc import Mapping
from typing import Any

from visavis.assistant.types import Classification
from visavis.identity.types import Need, Topic

OF_TOPIC: Mapping[Topic, Need] = {
    Topic.MARGIN: Need.ADVISE_MARGIN,
    Topic.FUND: Need.ADVISE_FUND,
    Topic.BOND: Need.ADVISE,
    Topic.PLANNING: Need.ADVISE,
    Topic.SUITABILITY: Need.SERVE,
}
# Words of a page's address that name a topic; the first that is found counts.
OF_PAGE: tuple[tuple[str, Topic], ...] = (
    ("margin", Topic.MARGIN),
    ("fund", Topic.FUND),
    ("bond", Topic.BOND),
    ("ipo", Topic.IPO),
    ("fee", Topic.FEES),
    ("account", Topic.ACCOUNT),
    ("plan", Topic.PLANNING),
    ("trad", Topic.TRADING),
)


def subject(topic: str | None, said: Classification, context: Mapping[str, Any]) -> tuple[str, str]:
    """Topic and need of a request: a topic that was named, else what the client has said, else the page."""
    named = topic_of(topic or "")
    if named is not None and named is not said.topic:
        return named.value, need_of(named).value
    if said.topic is not Topic.OTHER or said.need is not Need.SERVE:
        return said.topic.value, said.need.value
    found = _page_topic(context)
    return found.value, need_of(found).value


def topic_of(word: str) -> Topic | None:
    """The topic of this name."""
    return Topic(word) if word in frozenset(Topic) else None


def need_of(topic: Topic) -> Need:
    """The capability that a topic needs when it goes to a person."""
    return OF_TOPIC.get(topic, Need.SERVE)


def _page_topic(context: Mapping[str, Any]) -> Topic:
    address = str(context.get("url", "")).lower()
    return next((topic for word, topic in OF_PAGE if word in address), Topic.OTHER)
