"""The checker catches a platform that drops, doubles, swaps or offers to the wrong person, and spares a sound one."""

import random
import time
from pathlib import Path

import pytest

from visavis.rehearsal.cast import ADVISE, FUND, SERVE, Member, plan
from visavis.rehearsal.check import check
from visavis.rehearsal.history import Fate, History, Kept, Offered, Seen
from visavis.rehearsal.players import CALM_S, HASTE, Stage
from visavis.rehearsal.run import UnreadableQuestions, read_questions

TALK = "talk-1"


def sound() -> tuple[History, dict[str, list[Kept]]]:
    """Two people, four messages, everything as it should be."""
    history = History()
    for no, (sender, key) in enumerate(
        [("ann", "a1"), ("bo", "b1"), ("ann", "a2"), ("bo", "b2")], 1
    ):
        note = history.send(sender, TALK, key, f"text {key}")
        note.fate, note.no = Fate.ACKNOWLEDGED, no
        for reader in ("ann", "bo"):
            history.seen.append(Seen(reader, TALK, no, f"entry-{no}", sender, key, float(no)))
    keys = ("a1", "b1", "a2", "b2")
    kept = [
        Kept(no, key, f"text {key}", "ann" if key[0] == "a" else "bo")
        for no, key in enumerate(keys, 1)
    ]
    return history, {TALK: kept}


READERS = {TALK: ["ann", "bo"]}


def test_a_sound_history_is_clean() -> None:
    history, readable = sound()
    verdict = check(history, readable, READERS, {})
    assert verdict.clean
    assert not verdict.details


def test_a_dropped_message_is_lost() -> None:
    history, readable = sound()
    readable[TALK].pop(2)
    assert check(history, readable, READERS, {}).lost == 1


def test_what_a_reader_never_saw_is_lost() -> None:
    history, readable = sound()
    history.seen.remove(next(one for one in history.seen if one.reader == "bo" and one.no == 4))
    assert check(history, readable, READERS, {}).lost == 1


def test_a_message_kept_twice_is_doubled() -> None:
    history, readable = sound()
    readable[TALK].append(Kept(5, "b2", "text b2", "bo"))
    history.send("bo", TALK, "b2")
    assert check(history, readable, {}, {}).duplicated == 1


def test_a_message_that_nobody_sent_is_doubled() -> None:
    history, readable = sound()
    readable[TALK].append(Kept(5, "copy", "text b2", "bo"))
    assert check(history, readable, {}, {}).duplicated == 1
    readable[TALK][-1] = Kept(5, "", "somebody outside the rehearsal")
    assert check(history, readable, {}, {}).clean


def test_a_message_with_other_words_is_lost() -> None:
    history, readable = sound()
    readable[TALK][2] = Kept(3, "a2", "text a1", "ann")
    assert check(history, readable, READERS, {}).lost == 1


def test_a_message_under_another_number_than_was_told_is_disorder() -> None:
    history, readable = sound()
    second, third = readable[TALK][1:3]
    readable[TALK][1:3] = [
        Kept(2, third.client_key, third.text, third.sender),
        Kept(3, second.client_key, second.text, second.sender),
    ]
    verdict = check(history, readable, READERS, {})
    assert (verdict.lost, verdict.out_of_order) == (0, 4), "two messages, two people"


def test_a_number_seen_twice_is_doubled() -> None:
    history, readable = sound()
    history.seen.append(history.seen[-1])
    assert check(history, readable, READERS, {}).duplicated == 1


def test_a_gap_or_a_swap_is_disorder() -> None:
    history, readable = sound()
    bo = [one for one in history.seen if one.reader == "bo"]
    rest = [one for one in history.seen if one.reader == "ann"]
    history.seen = [*rest, bo[0], bo[2], bo[1], bo[3]]
    assert check(history, readable, READERS, {}).out_of_order == 3


def test_a_sender_renumbered_is_disorder() -> None:
    history, readable = sound()
    first, second = (one for one in history.sent if one.sender == "ann")
    first.no, second.no = second.no, first.no
    assert check(history, readable, READERS, {}).out_of_order == 3


def test_an_unknown_fate_may_be_there_or_not() -> None:
    history, readable = sound()
    history.send("ann", TALK, "a3")
    assert check(history, readable, READERS, {}).clean


def test_offers_beyond_the_register_are_unlicensed() -> None:
    history, readable = sound()
    plain = Member("plain", "plain", frozenset({SERVE, ADVISE}))
    left = Member("left", "leaver", frozenset({SERVE, ADVISE, FUND}))
    history.barred_since["left"] = 10.0
    history.offered += [
        Offered("o1", "r1", "plain", SERVE, 1.0),
        Offered("o2", "r2", "plain", FUND, 2.0),
        Offered("o3", "r3", "left", FUND, 9.0),
        Offered("o4", "r4", "left", FUND, 13.0),
    ]
    verdict = check(history, readable, READERS, {"plain": plain, "left": left})
    assert verdict.unlicensed == 2


def test_the_cast_holds_every_kind_of_trouble() -> None:
    kinds = [one.kind for one in plan(12, "run")]
    assert {"expired", "suspended", "plain", "leaver", "manager"} <= set(kinds)
    assert kinds.count("sound") == 7


def test_every_question_is_asked_and_a_wrong_column_is_named(tmp_path: Path) -> None:
    file = tmp_path / "q.csv"
    file.write_text(
        "\ufeffid,question\n1,什么是基金\n2,什么是基金\n3,\n4,怎么开户\n", encoding="utf-8"
    )
    assert read_questions(file, "question") == ["什么是基金", "什么是基金", "怎么开户"]
    with pytest.raises(UnreadableQuestions, match="id, question"):
        read_questions(file, "text")
    with pytest.raises(UnreadableQuestions, match="cannot be read"):
        read_questions(tmp_path / "absent.csv", "question")


@pytest.mark.parametrize("raw", [b"", b"question\n", b"id,question\n1,\n"])
def test_questions_that_are_none_are_said_so(tmp_path: Path, raw: bytes) -> None:
    file = tmp_path / "q.csv"
    file.write_bytes(raw)
    with pytest.raises(UnreadableQuestions, match=r"no column|nothing to ask"):
        read_questions(file, "question")


def test_questions_saved_by_a_chinese_spreadsheet_are_read(tmp_path: Path) -> None:
    file = tmp_path / "q.csv"
    file.write_bytes("问题\r\n什么是融资融券\r\n".encode("gb18030"))
    assert read_questions(file, "问题") == ["什么是融资融券"]


def test_people_hurry_where_the_time_demands_it() -> None:
    stage = Stage("", History(), random.Random(1), 1.0, time.monotonic() + 100)
    stage.keep_pace(10, 10)
    assert stage.hurry == 1.0, "time enough"
    stage.keep_pace(500, 10)
    assert stage.hurry == pytest.approx(CALM_S * 50 / 100, rel=0.05)
    stage.keep_pace(10**6, 1)
    assert stage.hurry == HASTE
