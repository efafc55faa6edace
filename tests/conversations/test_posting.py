"""The message path through its door: who may, retries, numbers, verdicts, records, a constant number of statements."""

from tests.conversations.talk import begin
from tests.world import World


async def test_two_sides_write_and_the_numbers_have_no_gap(world: World) -> None:
    talk = await begin(world)
    first = await talk.say(talk.her, "融资融券的维持担保比例是多少？")
    second = await talk.say(talk.him, "您好，请看公司公示的标准。")
    assert [entry.no for entry in await talk.stream()] == [1, 2, 3]
    assert (first.no, second.no) == (2, 3)
    now = await talk.now()
    assert now.shared_no == 3
    assert now.waiting_since is None
    assert now.last_text == "您好，请看公司公示的标准。"
