"""Handing over: topic, need and a summary in the client's own words; suggestions for whoever takes over."""

from uuid import UUID, uuid4

import pytest

from tests.assistant.conftest import Asking, begin, learn
from tests.world import World
from visavis.assistant import api
from visavis.assistant.types import Intent
from visavis.connections import api as connections
from visavis.connections.types import Basis
from visavis.conversations import api as conversations
from visavis.identity.types import Need, Staff, Topic
from visavis.kernel.auth import system


async def taken(asking: Asking) -> Staff:
    """An advisor who has taken the conversation over."""
    world = asking.world
    advisor = await world.advisor()
    him = await world.actor(advisor)
    async with world.tx() as tx:
        await connections.establish(tx, him, asking.client.id, advisor.id, Basis.ACCEPTANCE)
        await conversations.assign(tx, system(), UUID(asking.conversation), advisor.id, "accepted")
    return advisor


async def test_the_summary_is_the_clients_own_words(world: World) -> None:
    await learn(world, ["fund-redeem-time", "margin-open"])
    asking = await begin(
        world, {"title": "示例短债基金", "url": "https://www.example-broker.test/f"}
    )
    await asking.ask("你好")
    await asking.ask("基金卖出后钱几天到账？")
    await asking.ask("那白酒基金现在要不要卖")
    async with world.tx() as tx:
        text = await api.summary(tx, UUID(asking.conversation))
        again = await api.summary(tx, UUID(asking.conversation))
    assert text == again
    assert text.splitlines() == [
        "主题：基金",
        "所在页面：示例短债基金",
        "客户：你好",
        "客户：基金卖出后钱几天到账？",
        "客户：那白酒基金现在要不要卖",
        "助手已用词条作答：基金赎回多久到账",
    ]
    advisor = await world.sign_in(await taken(asking))
    path = f"/api/conversations/{asking.conversation}/entries"
    inner = (await advisor.get(path, params={"stream": "internal"})).json()["entries"]
    assert [one["kind"] for one in inner] == ["summary"]
    assert inner[0]["body"]["text"] == text
    assert "主题" not in str(await asking.entries()), "a summary is for staff"


async def test_asking_for_a_person_classifies_and_sums_up(asking: Asking) -> None:
    await asking.ask("我的两融账户维持担保比例太低怎么办")
    opened = await asking.client.http.post(
        "/api/client/requests", json={"conversation": asking.conversation}
    )
    assert opened.status_code in {200, 201}, opened.text
    assert opened.json()["topic"] == "margin"
    advisor = await asking.world.sign_in(await taken(asking))
    path = f"/api/conversations/{asking.conversation}/entries"
    inner = (await advisor.get(path, params={"stream": "internal"})).json()["entries"]
    assert inner[0]["kind"] == "summary"
    assert "客户：我的两融账户维持担保比例太低怎么办" in inner[0]["body"]["text"]


async def test_where_nothing_was_said_there_is_nothing_to_sum_up(world: World) -> None:
    asking = await begin(world)
    async with world.tx() as tx:
        assert await api.summary(tx, UUID(asking.conversation)) == ""


async def test_an_unanswered_conversation_is_summed_up_honestly(asking: Asking) -> None:
    await asking.ask("红烧肉怎么做好吃")
    async with asking.world.tx() as tx:
        text = await api.summary(tx, UUID(asking.conversation))
    assert text.splitlines()[-1] == "助手未能作答。"


async def test_who_asks_for_a_person_at_once_was_not_failed_by_the_assistant(world: World) -> None:
    """The summary has the request's own topic and page, and does not speak of a machine that was never asked."""
    asking = await begin(world, partner="person")
    await asking.say("想了解一下")
    opened = await asking.client.http.post(
        "/api/client/requests",
        json={
            "conversation": asking.conversation,
            "topic": "margin",
            "context": {"url": "https://www.example-broker.test/m", "title": "融资融券帮助"},
        },
    )
    assert opened.json()["topic"] == "margin"
    advisor = await world.sign_in(await taken(asking))
    path = f"/api/conversations/{asking.conversation}/entries"
    inner = (await advisor.get(path, params={"stream": "internal"})).json()["entries"]
    assert inner[0]["body"]["text"].splitlines() == [
        "主题：融资融券",
        "所在页面：融资融券帮助",
        "客户：想了解一下",
    ]


@pytest.mark.parametrize(
    ("text", "topic", "need", "intent"),
    [
        ("怎么开通融资融券（两融）？", Topic.MARGIN, Need.ADVISE_MARGIN, Intent.QUESTION),
        ("融资买的股票要不要卖", Topic.MARGIN, Need.ADVISE_MARGIN, Intent.ADVICE),
        ("易方达蓝筹精选混合要赎回吗", Topic.FUND, Need.ADVISE_FUND, Intent.ADVICE),
        ("基金卖出后钱几天到账？", Topic.FUND, Need.SERVE, Intent.QUESTION),
        ("600519现在可以买吗", Topic.TRADING, Need.ADVISE, Intent.ADVICE),
        ("忘记交易密码怎么办？", Topic.ACCOUNT, Need.SERVE, Intent.QUESTION),
        ("我被骗了，钱转到他私人账户", Topic.SECURITY, Need.SERVE, Intent.DISTRESS),
        ("给孩子攒教育金怎么规划", Topic.PLANNING, Need.ADVISE, Intent.QUESTION),
        ("怎么投诉", Topic.COMPLAINT, Need.SERVE, Intent.QUESTION),
        ("should I sell my fund", Topic.FUND, Need.ADVISE_FUND, Intent.ADVICE),
        ("how do I open a margin account", Topic.MARGIN, Need.ADVISE_MARGIN, Intent.QUESTION),
        ("", Topic.OTHER, Need.SERVE, Intent.QUESTION),
    ],
)
async def test_topic_and_need(
    asking: Asking, text: str, topic: Topic, need: Need, intent: Intent
) -> None:
    async with asking.world.tx() as tx:
        found = await api.classify(tx, text)
    assert (found.topic, found.need, found.intent) == (topic, need, intent)


async def test_the_page_decides_where_words_do_not(world: World) -> None:
    asking = await begin(
        world, {"title": "融资融券帮助", "url": "https://www.example-broker.test/m"}
    )
    async with world.tx() as tx:
        silent = await api.classify_conversation(tx, UUID(asking.conversation))
    assert (silent.topic, silent.need) == (Topic.MARGIN, Need.ADVISE_MARGIN)
    await asking.say("转人工")
    async with world.tx() as tx:
        short = await api.classify_conversation(tx, UUID(asking.conversation))
    assert short.topic is Topic.MARGIN


async def test_a_greeting_after_the_question_does_not_hide_it(asking: Asking) -> None:
    await asking.say("怎么开通融资融券（两融）？")
    await asking.say("谢谢")
    async with asking.world.tx() as tx:
        found = await api.classify_conversation(tx, UUID(asking.conversation))
    assert found.topic is Topic.MARGIN


async def test_the_handler_is_offered_answers_with_their_sources(asking: Asking) -> None:
    browser = await asking.world.sign_in(await taken(asking))
    empty = await browser.get("/api/answers", params={"conversation": asking.conversation})
    assert empty.json()["items"] == []
    await asking.say("基金卖出后")
    await asking.say("钱几天到账？")
    found = await browser.get("/api/answers", params={"conversation": asking.conversation})
    items = found.json()["items"]
    assert 1 <= len(items) <= 3
    assert items[0]["title"] == "基金赎回多久到账"
    assert items[0]["citations"][0]["entry"] == items[0]["entry"]
    path = f"/api/conversations/{asking.conversation}/entries"
    said = {"client_key": str(uuid4()), "stream": "shared", "body": {"text": "您好，我来说明。"}}
    assert (await browser.post(path, json=said)).status_code in {200, 201}
    after = await browser.get("/api/answers", params={"conversation": asking.conversation})
    assert after.json()["items"] == [], "what was answered is asked no more"
    other = await asking.world.sign_in(await asking.world.advisor())
    stranger = await other.get("/api/answers", params={"conversation": asking.conversation})
    assert stranger.status_code == 404


async def test_standard_answers_are_found_by_a_word(asking: Asking) -> None:
    advisor = await asking.world.sign_in(await asking.world.advisor())
    found = await advisor.get("/api/answers", params={"q": "密码"})
    assert found.json()["items"][0]["title"] == "忘记或锁定密码"
    assert (await advisor.get("/api/answers")).json()["items"] == []
    english = await advisor.get(
        "/api/answers", params={"q": "password"}, headers={"Accept-Language": "en"}
    )
    assert english.json()["items"][0]["title"] == "Forgotten or locked password"
    client = await asking.client.http.get("/api/answers", params={"q": "密码"})
    assert client.status_code == 403
