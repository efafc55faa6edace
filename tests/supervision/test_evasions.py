"""Each way to disguise a word, V1 to V12, by its own examples, within sentences; and harmless words that look alike."""

import dataclasses

import pytest

from visavis.supervision import judging
from visavis.supervision.rules import signals
from visavis.supervision.types import Action, Direction, Judged, Verdict


def judged(text: str, *before: str) -> Verdict:
    return judging.weigh([Judged(text, Direction.STAFF_TO_CLIENT, before=before)])[0]


DISGUISED = {
    "V1": ["加我微\u200b信详聊", "保\u2060本\ufeff保息", "稳\ufe0f赚不\u0301赔", "guar\u200canteed return of 8%"],
    "V2": ["加我ＶＸ", "年化①⑧％保本", "ｇｕａｒａｎｔｅｅｄ profit for you", "加我ⓥⓧ聊"],
    "V3": ["加 我 微 信", "加·我·微·信", "保*本*保*息", "稳_赚_不_赔", "保.本.保.息", "加-我-微-信", "保🌸本🌸保🌸息"],
    "V4": ["我有內幕消息", "穩賺不賠的產品", "保夲保息", "收溢有保证", "加我微信詳聊"],
    "V5": ["加我薇信", "加我威信号", "加我葳信聊", "加我微芯", "加我微杏聊", "宝本宝息，放心", "稳zhuan不赔"],
    "V6": ["bao本保息", "加我VX", "加我WX详聊", "jia V聊", "加wxh", "加 w e i x i n 号"],
    "V7": ["➕我微信", "加我🐧号", "上✈找我聊", "➕我🛰", "微❤号发您", "打我私人📞"],
    "V8": [
        "我的电话一三八零零一三八零零零", "打我手机幺三八零零幺三八零零零", "六零零五幺九今天满仓",
        "Call me on one three eight zero zero one three eight zero zero zero",
        "My cell is four one five five five five zero one nine nine",
    ],
    "V11": [
        "guar4nteed returns of 8%", "add me on t3legram", "赔不赚稳", "力口我彳微亻言", "亻言心，保夲，稳贝兼不赔",
    ],
    "V12": [
        "懂的都懂，这票后面有动作", "跟上，带您吃肉，今天上车",
        "意思意思给您返点", "老地方聊，这里不方便", "那边说，这里有人看着",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in DISGUISED.items() for text in texts]
)
def test_a_disguise_is_seen_through(kind: str, text: str) -> None:
    assert judged(text).action is not Action.PASS, kind


def test_v9_words_split_over_messages_are_one() -> None:
    assert judged("信聊").action is Action.PASS
    assert judged("信聊", "好的", "加我微").action is Action.BLOCK
    assert judged("不赔", "稳赚").action is Action.BLOCK


def test_v10_a_file_that_nobody_has_read_may_be_held() -> None:
    policy = judging.pack().policies["promise-return"]
    reading = judging.pack().reader.read("请看附件\ufffc")
    assert signals.SIGNALS["@attachment"](policy, reading) == [(4, 5)]
    assert signals.SIGNALS["@attachment"](policy, judging.pack().reader.read("请看附件")) == []


def test_a_place_leads_to_what_was_written() -> None:
    text = "您好，加\u200b我\u200b微\u200b信详聊"
    (start, end), *_ = judged(text).spans
    assert text[start:end].startswith("加")
    assert "\u200b微" in text[start:end]


@pytest.mark.parametrize(
    "text",
    [
        "保本路支行三点下班", "包本书寄给您", "我保证九点前发资料", "保证金比例是百分之八十", "天气微凉，注意身体",
        "威信中学旁的营业部搬了", "六零零五幺九的公告已经发布", "红利再投资一般两天到账", "加油，周末愉快 🎉",
        "The lock-up ends in May", "See you at the line for tickets", "今天有点冷·多穿衣服",
    ],
)  # fmt: skip
def test_what_only_looks_alike_passes(text: str) -> None:
    assert judged(text).action is Action.PASS


@pytest.mark.parametrize(
    ("text", "breach"),
    [
        ("不会不赚的", True), ("没有不赚的，放心", True), ("不赔的", True), ("不会亏的", True),
        ("不是不承诺收益，是我个人给您保底", True), ("从不承诺收益", False), ("没有稳赚的产品", False),
        ("不保证本金不受损失", False), ("It never fails to make a profit, guaranteed", True),
        ("There is no guarantee that you will not lose", False),
    ],
)  # fmt: skip
def test_two_negations_assert_and_one_denies(text: str, breach: bool) -> None:
    assert (judged(text).action is not Action.PASS) is breach


def test_a_licence_changes_the_action_alone() -> None:
    said = Judged("600519，今天可以满仓", Direction.STAFF_TO_CLIENT)
    plain, licensed = judging.weigh([said, dataclasses.replace(said, licensed=True)])
    assert plain.action is Action.HOLD
    assert [hit.id for hit in licensed.policies] == [hit.id for hit in plain.policies]
