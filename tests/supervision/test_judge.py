"""Judging: the pack's own tests, directions, disguises, guards, and places in the original."""

import json
from datetime import date
from pathlib import Path

import msgspec
import pytest

from visavis.supervision import api
from visavis.supervision.rules import engine
from visavis.supervision.rules.building import compile_pack
from visavis.supervision.rules.pack import BrokenPack
from visavis.supervision.types import Action, Direction, Judged, Verdict

STAFF = Direction.STAFF_TO_CLIENT
CLIENT = Direction.CLIENT_TO_STAFF
DEVELOPMENT = Path("/work/shared/data/surveillance_dev.jsonl")
KNOWLEDGE = Path(__file__).parents[2] / "visavis/demo/knowledge"


def judged(text: str, direction: Direction = STAFF) -> Verdict:
    return engine.judge(api.pack(), [Judged(text, direction)])[0]


def policies(text: str, direction: Direction = STAFF) -> set[str]:
    return {hit.id for hit in judged(text, direction).policies}


def marked(text: str, direction: Direction = STAFF) -> list[str]:
    units = text.encode("utf-16-le")
    return [
        units[2 * start : 2 * end].decode("utf-16-le")
        for start, end in judged(text, direction).spans
    ]


def test_the_pack_is_large_enough_and_every_policy_passes_its_own_tests() -> None:
    pack = api.pack()
    assert pack.size >= 2000
    wrong = []
    for policy_id, text, expected in pack.tests:
        actions = pack.policies[policy_id].actions
        hits = policies(text, CLIENT if CLIENT in actions else STAFF)
        if (policy_id in hits) if expected else not hits:
            continue
        wrong.append((policy_id, text, hits))
    assert wrong == []
    assert {policy_id for policy_id, _, expected in pack.tests if expected} == set(pack.policies)


def test_the_pack_knows_every_action() -> None:
    actions = {
        action for policy in api.pack().policies.values() for action in policy.actions.values()
    }
    assert actions == set(Action)


@pytest.mark.parametrize(
    "text",
    [
        "加我微信详聊",
        "加\u200b我\u200b微\u200b信",
        "加 我 微 信 详聊",
        "加*我*微*信",
        "加我ＷＸ",
        "➕我微信",
        "加 w e i x i n 号",
        "加我薇信",
        "ADD ME ON WHATSAPP",
        "add me on WhatsÁpp",
    ],
)
def test_a_disguise_changes_nothing(text: str) -> None:
    assert "off-platform" in policies(text)
    assert judged(text).action is Action.BLOCK


def test_traditional_characters_are_read() -> None:
    assert "inside-information" in policies("我有內線消息")
    assert "promise-return" in policies("穩賺不賠，您放心買")


@pytest.mark.parametrize(
    ("breach", "harmless"),
    [
        ("稳赚不赔，您放心买", "没有稳赚不赔的投资"),
        ("承诺收益8%", "我们从不承诺收益"),
        ("代客理财，10万起", "代客理财属于违法行为"),
        ("加我微信", "我不能加您微信，请在这里沟通"),
        ("打到我个人卡上", "请不要打到我个人卡上"),
        ("guaranteed profit", "no guaranteed profit exists"),
        ("you can't lose money", "you can lose money"),
        ("风险测评我帮您做", "风险测评我不能帮您做"),
        ("您一定赚，保证收益", "保证金比例不得低于百分之百"),
    ],
)
def test_a_negation_or_a_warning_turns_a_breach_into_its_opposite(
    breach: str, harmless: str
) -> None:
    assert judged(breach).action is not Action.PASS
    assert judged(harmless).action is Action.PASS


@pytest.mark.parametrize(
    "text", ["不用担心，稳赚不赔", "别担心稳赚不赔", "不会亏的", "不要犹豫，保本保收益"]
)
def test_a_reassurance_is_no_negation(text: str) -> None:
    assert "promise-return" in policies(text)


@pytest.mark.parametrize(
    "text",
    [
        "转托管需要几天，我的账户今天能看到吗",
        "交易权限，我的账户已经开了",
        "您要我保证不亏，这个话我不能说",
        "Sure thing, talk to you later",
    ],
)
def test_one_character_reaches_over_no_comma_and_a_refusal_does(text: str) -> None:
    assert judged(text).action is Action.PASS


def test_the_same_words_from_a_client_are_a_question() -> None:
    for text in ("能加你微信吗", "这个保本吗", "你能帮我操作吗", "can we talk on WhatsApp?"):
        assert judged(text, CLIENT).action is Action.PASS
    assert policies("有人让我转账到私人账户", CLIENT) == {"client-fraud"}
    assert policies("我的交易密码是123456", CLIENT) == {"client-credentials"}
    assert "client-fraud" not in policies("有人让我转账到私人账户", STAFF)


def test_a_broadcast_is_judged_more_strictly_than_a_conversation() -> None:
    assert judged("下周一必涨停").action is Action.HOLD
    assert judged("下周一必涨停", Direction.BROADCAST).action is Action.BLOCK


def test_places_are_those_of_the_original_in_utf16() -> None:
    assert marked("😀您好，加\u200b我\u200b微\u200b信详聊") == ["加\u200b我\u200b微\u200b信详聊"]
    assert marked("今天😀很好 guaranteed profit, really") == ["guaranteed profit"]
    assert marked("ＶＸ：ａｂｃ，稳赚不赔") == ["ＶＸ：", "稳赚不赔"]


def test_a_number_and_hidden_characters_are_signals() -> None:
    assert policies("打13800138000找我") >= {"off-platform-number"}
    assert marked("电话 138-0013-8000 备用")[0] == "138-0013-8000"
    assert policies("订单号2138001380001234") == set()
    assert policies("警惕陌生来电13800138000") == set()
    assert policies("今天\u200b开\u200b市") == {"invisible-characters"}
    assert policies("家人👨‍👩‍👧你好") == set()


def test_a_security_code_near_a_verb_is_a_tip() -> None:
    assert "tip-with-timing" in policies("600519，今天可以满仓")
    assert policies("600519的公告已经发布") == set()
    assert policies("单号612345678，买入成功") == set()


def test_the_gravest_action_wins_and_every_hit_is_named() -> None:
    verdict = judged("下周一必涨停，加我微信")
    assert verdict.action is Action.BLOCK
    assert {hit.id for hit in verdict.policies} == {"certain-forecast", "off-platform"}
    assert verdict.policies[0].action is Action.BLOCK
    assert verdict.pack_version == api.pack().version


def test_a_verdict_is_worded_in_the_readers_language() -> None:
    verdict = judged("稳赚不赔")
    chinese, english = api.explain(verdict, "zh-CN"), api.explain(verdict, "en")
    assert chinese["policies"][0]["title"] == "承诺收益或保本"
    assert english["policies"][0]["title"] == "Promise of return or principal"
    assert chinese["policies"][0]["alternative"]
    assert chinese["spans"] == [[0, 4]]
    assert api.explain(msgspec.to_builtins(verdict), "en") == english
    gone = {"action": "nudge", "policies": [{"id": "old", "category": "x"}], "spans": []}
    assert api.explain(gone, "en")["policies"][0]["title"] == "old"


def test_an_approved_alternative_is_never_itself_stopped() -> None:
    for policy in api.pack().policies.values():
        for words in policy.words.values():
            assert judged(words["alternative"]).action is Action.PASS, words["alternative"]


def test_every_title_and_answer_of_the_demo_knowledge_passes() -> None:
    stopped = [
        (entry["slug"], language, field, policies(text[field]))
        for file in KNOWLEDGE.glob("*.json")
        for entry in json.loads(file.read_text())["entries"]
        for language, text in entry["texts"].items()
        for field in ("title", "answer")
        if judged(text[field]).action is not Action.PASS
    ]
    assert stopped == []


def test_the_assistants_own_sentences_pass() -> None:
    sentences = json.loads((KNOWLEDGE.parents[1] / "assistant/messages.json").read_text())
    for code, sentence in sentences.items():
        for text in sentence.values():
            assert judged(text).action is Action.PASS, code


@pytest.mark.skipif(not DEVELOPMENT.exists(), reason="the development lines are not here")
def test_the_development_lines_meet_the_gates() -> None:
    rows = [json.loads(line) for line in DEVELOPMENT.read_text().splitlines()]
    breaches = [row for row in rows if row["label"]]
    harmless = [row for row in rows if not row["label"]]
    found = [row for row in breaches if judged(row["text"]).action is not Action.PASS]
    assert len(found) / len(breaches) >= 0.8
    for row in harmless:
        asks = row["category"] == "benign_client_question"
        verdict = judged(row["text"], CLIENT if asks else STAFF)
        assert verdict.action is Action.PASS, row["text"]


def broken(**policy: object) -> dict[str, object]:
    words = {"zh-CN": {}, "en": {}}
    given = {
        "id": "x", "version": 1, "category": "c", "actions": {}, "guards": [], "words": words,
        "author": "one", "approver": "two", "effective": "2026-01-01",
    }  # fmt: skip
    tests = {"hit": ["a"], "miss": ["b"]}
    return {"version": "1", "language": "en", "policies": [given | {"tests": tests} | policy]}


@pytest.mark.parametrize(
    ("policy", "reason"),
    [
        ({"patterns": ["{nothing}"]}, "no class"),
        ({"patterns": ["[(a]"]}, "lone bracket"),
        ({"patterns": ["[a] b"]}, "no slot"),
        ({"patterns": [""]}, "empty"),
        ({"patterns": ["[@nothing]"]}, "no shape"),
        ({"patterns": ["{@phone}"]}, "shapes alone"),
        ({"patterns": ["[\u200b]"]}, "empty in its view"),
        ({"extends": "y"}, "extended before"),
        ({"approver": "one"}, "approved by its author"),
        ({"author": ""}, "author or approver"),
        ({"effective": "soon"}, "no date"),
        ({"tests": {"hit": [], "miss": []}}, "must show a text"),
        ({"colour": "red"}, "unknown colour"),
        ({"words": {"en": {}}}, "missing in a language"),
    ],
)
def test_a_broken_pack_is_refused_with_its_reason(policy: dict[str, object], reason: str) -> None:
    with pytest.raises(BrokenPack, match=reason):
        compile_pack([broken(**policy)], api.pack().reader)


def test_a_policy_binds_its_departments_from_its_day() -> None:
    policy = {
        "patterns": ["[abcabc]"], "actions": {"staff_to_client": "hold"},
        "departments": ["desk"], "effective": "2026-06-01",
    }  # fmt: skip
    pack = compile_pack([broken(**policy)], api.pack().reader)

    def action(department: str | None, day: date | None) -> Action:
        judged = Judged("well, abcabc", STAFF, department=department, day=day)
        return engine.judge(pack, [judged])[0].action

    assert action("desk", None) is action("desk", date(2026, 6, 1)) is Action.HOLD
    assert (
        action("desk", date(2026, 5, 31))
        is action("back", None)
        is action(None, None)
        is Action.PASS
    )


def test_a_licence_makes_a_tip_milder() -> None:
    tip = "赶紧满仓600519"
    licensed = engine.judge(api.pack(), [Judged(tip, STAFF, licensed=True)])[0]
    assert (judged(tip).action, licensed.action) == (Action.HOLD, Action.NUDGE)
