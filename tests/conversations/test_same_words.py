"""COMM-03: the same words reach 25 clients within 30 days, and one more only when somebody else has approved them."""

import asyncio
import hashlib
import unicodedata
from datetime import timedelta
from uuid import uuid4

from tests.assistant.conftest import learn
from tests.conversations.talk import Talk, begin
from tests.world import World
from visavis.conversations import rules
from visavis.conversations.api import telling
from visavis.conversations.types import Draft, Kind, Outcome, Stream
from visavis.kernel.auth import Actor, Role
from visavis.kernel.errors import Refusal
from visavis.knowledge import api as knowledge

MOST = 25
NOTICE = "本周六上午系统维护，期间不能转账，请您提前安排好资金"
NOBODY = uuid4()
STAFF = Actor(uuid4(), frozenset({Role.ADVISOR}))


async def to_each(talks: list[Talk], words: str) -> list[Outcome | Refusal]:
    return [(await talk.post(talk.draft(talk.him, words)))[0] for talk in talks]


def codes(answers: list[Outcome | Refusal]) -> list[str]:
    return [one.code if isinstance(one, Refusal) else "" for one in answers]


async def test_comm_03_the_26th_client_is_refused_until_somebody_has_approved(world: World) -> None:
    """COMM-03: over all sends of the same content, by whomever and however it is dressed up; again after 30 days."""
    advisor, colleague = await world.advisor(), await world.advisor()
    talks = [await begin(world, advisor) for _ in range(MOST)]
    last, other = await begin(world, advisor), await begin(world, colleague)
    words = NOTICE
    assert codes(await to_each(talks, words)) == [""] * MOST
    # Whoever has had them may have them again; a greeting, spaces and marks make no other content.
    assert codes(await to_each(talks[:1], words)) == [""]
    refused = "same_words_need_approval"
    dressed = "王女士，您好！" + words.replace("，", " 。 ")
    assert codes([*await to_each([last], words), *await to_each([other], dressed)]) == [refused] * 2
    # A batch is no way around, nor is a message that is changed afterwards.
    said = await last.say(last.him, "好的")
    edit = last.draft(last.him, words, kind=Kind.EDIT, of_id=said.id)
    answers = await last.post(
        edit, other.draft(other.him, words), talks[0].draft(talks[0].him, words)
    )
    assert codes(answers) == [refused, refused, ""]
    desk = await world.sign_in(advisor)
    made = await desk.post(
        "/api/broadcasts", json={"words": words, "clients": [str(last.client.id)]}
    )
    assert made.status_code == 201, made.text
    office = await world.sign_in(await world.supervisor())
    url = f"/api/broadcasts/{made.json()['id']}/decision"
    assert (await office.post(url, json={"approve": True})).status_code == 200
    await world.settle()
    assert (await last.stream())[-1].body["text"] == words
    assert codes(await to_each([other], words)) == [""]


async def test_comm_03_the_26th_is_counted_over_all_processes(world: World) -> None:
    """COMM-03: of 27 who are told at the same moment, each by a transaction of his own, exactly 25 are."""
    advisor = await world.advisor()
    talks = [await begin(world, advisor) for _ in range(MOST + 2)]
    words = NOTICE
    answers = await asyncio.gather(*(to_each([talk], words) for talk in talks))
    assert (
        sorted(codes([one for (one,) in answers])) == [""] * MOST + ["same_words_need_approval"] * 2
    )


async def test_comm_03_a_first_client_of_long_ago_counts_as_any_other(world: World) -> None:
    """COMM-03: whoever heard words first, and again after 30 days when 25 others have, is the 26th like anybody."""
    advisor = await world.advisor()
    first, *talks = [await begin(world, advisor) for _ in range(MOST + 1)]
    words = NOTICE + "，给您带来的不便敬请谅解"
    assert codes(await to_each([first, first], words)) == ["", ""]
    world.clock.move(timedelta(days=31))
    for talk in (first, *talks):
        await talk.say(talk.her, "有什么通知吗")
    together = await talks[0].post(*(talk.draft(talk.him, words) for talk in talks))
    assert codes(together) == [""] * MOST
    assert codes(await to_each([first, talks[0]], words)) == ["same_words_need_approval", ""]


async def test_comm_03_recipients_count_for_30_days(world: World) -> None:
    talks = [await begin(world) for _ in range(MOST + 1)]
    words = NOTICE + "，给您带来的不便敬请谅解"  # enough to count as an answer, too
    assert codes(await to_each(talks[:MOST], words)) == [""] * MOST
    world.clock.move(timedelta(days=29, hours=23))
    assert codes(await to_each(talks[MOST:], words)) != [""]
    for talk in talks[MOST:]:
        await talk.say(talk.her, "有什么通知吗")
    world.clock.move(timedelta(hours=2))
    assert codes(await to_each(talks[MOST:], words)) == [""]
    # What counts no more is not kept; what counts is.
    async with world.tx() as tx:
        await telling.forget_words(tx)
        kept = await tx.fetch(
            "SELECT client_id FROM same_words WHERE client_id IS NOT NULL"
            " UNION SELECT client_id FROM same_words_recipient"
        )
        assert {row["client_id"] for row in kept} == {talk.client.id for talk in talks[MOST:]}
        assert await tx.fetchval("SELECT count(*) FROM same_words") == 1


def test_comm_03_what_is_the_same_content() -> None:
    """COMM-03: words of staff, long enough to be a mailing; answers need more of them than unasked words."""

    def digest(text: str, unasked: bool = True, **body: object) -> bytes | None:
        draft = Draft(STAFF, NOBODY, Stream.SHARED, Kind.MESSAGE, {})
        return rules.same_words(draft, {"text": text, **body}, unasked)

    long = "The platform is closed on Saturday morning; please arrange your payments before"
    assert digest(long) == digest("Dear Ms Wang, " + long.upper()) == digest(long + " .")
    assert digest(long) != digest(long + " noon")
    assert digest("好的，请稍等") is None
    short = "本周六上午系统维护，请提前安排"
    assert digest(short) is not None
    assert digest(short, unasked=False) is None
    view = {"kind": "product", "title": "x", "view": long, "product": str(NOBODY)}
    assert digest("", cards=[view]) is not None
    assert digest("", cards=[{**view, "view": ""}]) is None


def test_comm_03_the_digest_is_of_letters_and_figures_in_compatible_form() -> None:
    """What was counted before a change of version counts on: the digests that are kept stay what they are."""
    long = "本周六上午系统维护，期间不能转账；请您提前安排好资金"
    for text in (
        long,
        long + "（Ａｃｃｏｕｎｔ①㈡℡）＿_e\u0301，\u0301ß！？：…",
        "A: 1,000.50 €\n" + long.replace("，", "、"),
    ):
        form = unicodedata.normalize("NFKC", text).casefold()
        plain = "".join(one for one in form if one.isalnum())
        draft = Draft(STAFF, NOBODY, Stream.SHARED, Kind.MESSAGE, {})
        made = rules.same_words(draft, {"text": text}, unasked=True)
        assert made == hashlib.sha256(plain.encode()).digest()


async def test_comm_03_an_approved_answer_may_be_said_to_everybody(world: World) -> None:
    """COMM-03: a standard answer has been approved by another hand than its author's."""
    await learn(world, ["bond-reverse-repo"])
    talks = [await begin(world) for _ in range(MOST + 2)]
    async with world.tx() as tx:
        found = (await knowledge.search(tx, "逆回购", "zh-CN"))[0].item
    assert codes(await to_each(talks, found.answer)) == [""] * (MOST + 2)
