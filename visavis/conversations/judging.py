"""What supervision is told of a draft besides its text: who speaks, in which department, and what was said just before.

What was said before is kept in this process alone, for two minutes and five messages: it finds words split over
messages (evasion V9) at no cost in the message path. It misses words of somebody who speaks through two servers.
"""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from uuid import UUID

from visavis.conversations import rules
from visavis.identity import api as identity
from visavis.identity.types import Standing
from visavis.supervision.types import Judged

SPAN, COUNT = timedelta(minutes=2), 5
# U+FFFC, the object replacement character: policies may name it (@attachment), whatever the file holds (evasion V10).
FILE = "\ufffc"
SHORT, SPEAKERS = 40, 20_000

_said: OrderedDict[tuple[UUID, UUID], deque[tuple[datetime, str]]] = OrderedDict()


def stand(item: rules.Item, stands: Standing | None) -> None:
    """Note what a speaker may do at this moment and where he works (LIC-01)."""
    if stands is not None and item.draft.actor.is_staff:
        item.standing = (stands.advises, stands.department)


def ask_of(item: rules.Item) -> Judged:
    """What is to be judged of an item that has been tidied; a file shows as a mark behind the words."""
    return Judged(
        item.text + FILE * len(rules.files_of(item.draft)),
        rules.direction_of(item.draft),
        *item.standing,
        identity.today(item.at),
        _before(item) if item.draft.actor.is_staff else (),
    )


def _before(item: rules.Item) -> tuple[str, ...]:
    """What the same person said here in the last minutes; remembers what is said now, where it is short."""
    key = (item.draft.conversation_id, item.draft.actor.person_id)
    said = _said.get(key)
    recent = tuple(text for at, text in said if item.at - at <= SPAN) if said else ()
    if len(item.text) <= SHORT:
        if said is None:
            said = _said[key] = deque(maxlen=COUNT)
            if len(_said) > SPEAKERS:
                _said.popitem(last=False)
        said.append((item.at, item.text))
    return recent
