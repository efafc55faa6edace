"""What is sent twice: the same body under a retry key gets the first answer again, another one is refused."""

from collections.abc import Iterable, Mapping, Sequence

from visavis.conversations.rules.batch import Item
from visavis.conversations.rules.bodies import fingerprint
from visavis.conversations.types import ClientKeyReused, Draft, Entry, Outcome, RetryKey


def retry_keys(drafts: Iterable[Draft]) -> list[RetryKey]:
    """The retry keys of those drafts that have one."""
    return [(d.conversation_id, d.actor.person_id, d.client_key) for d in drafts if d.client_key]


def keyed(batch: Sequence[Item]) -> list[tuple[RetryKey, Item]]:
    """Items that have a retry key, each with it."""
    own = [item for item in batch if item.draft.client_key]
    return [*zip(retry_keys(item.draft for item in own), own, strict=True)]


def answer_retries(
    items: Sequence[tuple[RetryKey, Item]], seen: Mapping[RetryKey, tuple[bytes, Entry]]
) -> None:
    """Answer what was kept before, or comes twice in this batch: the same body as then, another one with a refusal."""
    first: dict[RetryKey, Item] = {}
    for key, item in items:
        item.fingerprint = fingerprint(item.draft)
        known = seen.get(key)
        if known is not None:
            again = Outcome(known[1], known[1].verdict, again=True)
            item.answer = again if known[0] == item.fingerprint else ClientKeyReused()
        elif first.setdefault(key, item) is not item:
            same = first[key].fingerprint == item.fingerprint
            item.twin, item.answer = (first[key], None) if same else (None, ClientKeyReused())
