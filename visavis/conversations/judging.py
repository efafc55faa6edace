"""What supervision is told of a draft besides its text: who speaks, in which department, and what was said just before.

What was said before is kept in this process alone, for two minutes and five messages: it finds words split over
messages (evasion V9) at no cost in the message path. It misses words of somebody who speaks through two servers.
"""

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from uuid import UUID

from visavis.conversations import rules
from visavis.conversations.terms import limits
from visavis.identity import api as identity
from visavis.identity.types import Standing
from visavis.kernel import giving_way
from visavis.kernel.auth import Actor
from visavis.kernel.codes import Contents
from visavis.kernel.db import Tx
from visavis.supervision import api as supervision
from visavis.supervision.types import Action, Direction, Judged

SPAN, COUNT = timedelta(minutes=2), 5
SHORT, SPEAKERS = 40, 20_000

_said: OrderedDict[tuple[UUID, UUID], deque[tuple[datetime, str]]] = OrderedDict()


def stand(item: rules.Item, stands: Standing | None) -> None:
    """Note what a speaker may do at this moment and where he works (LIC-01)."""
    if stands is not None and item.draft.actor.is_staff:
        item.standing = (stands.advises, stands.department)


def ask_of(item: rules.Item) -> Judged:
    """What is to be judged of an item that has been tidied; a file is a mark behind the words, then what it says."""
    return Judged(
        rules.with_files(item.text, len(rules.files_of(item.draft)), item.contents),
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


async def says(tx: Tx, actor: Actor, contents: Contents) -> str:
    """What is judged of a file of staff with the message that carries it; the words of pages are judged once here.

    Of them the passages are kept that a policy names, so that long papers cost the message path nothing.
    """
    torn = contents.torn or (contents.mute and limits().hold_pictures)
    lines = rules.says(contents.codes, limits().code_places, torn=torn)
    pieces = rules.pieces(contents.words)
    if pieces:
        stands = (await identity.standings(tx, {actor.person_id})).get(actor.person_id)
        department = stands.department if stands else None
        found = []
        for one in pieces:
            asked = Judged(one, Direction.STAFF_TO_CLIENT, department=department)
            found.append((one, (await supervision.judge(tx, [asked]))[0]))
            await giving_way.breathe()
        lines += rules.passages(
            (one, verdict.spans) for one, verdict in found if verdict.action is not Action.PASS
        )
    return "\n".join(lines)
