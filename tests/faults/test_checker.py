"""The judge of histories, judged: each kind of wrong is found, and nothing else is."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.checker import check, main
from tests.faults.history import FAIL, INFO, OK, History, Seen, Sent, load


def sound() -> History:
    """Three messages, two readers; one message's fate is unknown, and it is there; another's, and it is not."""
    history = History()
    for number, token in enumerate(("a", "b", "c"), 1):
        history.sent.append(Sent(token, "her", "x", number, OK, number + 0.5, number))
    history.sent[2].fate = INFO
    history.sent.append(Sent("d", "him", "x", 5, INFO))
    history.sent.append(Sent("e", "him", "x", 6, FAIL, 7))
    history.final["x"] = [(1, "a"), (2, "b"), (3, "c")]
    for reader in ("her", "him"):
        history.seen += [Seen(reader, "x", no, token) for no, token in history.final["x"]]
        history.stayed.append((reader, "x"))
    return history


def lose(history: History) -> None:
    history.sent.append(Sent("f", "him", "x", 8, OK, 9, 4))


def lose_at_a_reader(history: History) -> None:
    history.seen.pop()


def see_what_is_gone(history: History) -> None:
    history.seen.append(Seen("her", "x", 4, "z"))


def keep_twice(history: History) -> None:
    history.final["x"].append((4, "a"))
    history.seen += [Seen(reader, "x", 4, "") for reader in ("her", "him")]


def keep_what_was_refused(history: History) -> None:
    history.sent[4] = Sent("c", "him", "x", 6, FAIL, 7)


def see_twice(history: History) -> None:
    history.seen.append(Seen("him", "x", 3, "c"))


def see_one_word_twice(history: History) -> None:
    history.final["x"].append((4, "z"))
    history.seen.append(Seen("her", "x", 4, "a"))


def skip_a_number(history: History) -> None:
    history.final["x"] = [(1, "a"), (3, "c")]


def see_out_of_order(history: History) -> None:
    history.seen[0], history.seen[1] = history.seen[1], history.seen[0]


def see_another(history: History) -> None:
    history.seen[1] = Seen("her", "x", 2, "q")


def acknowledge_another_number(history: History) -> None:
    history.sent[1].no = 7


def overtake(history: History) -> None:
    history.final["x"] = [(1, "b"), (2, "a"), (3, "c")]


def test_a_sound_history_is_clean() -> None:
    verdict = check(sound())
    assert verdict.clean, verdict.details


@pytest.mark.parametrize(
    ("hurt", "kind"),
    [
        (lose, "lost"),
        (lose_at_a_reader, "lost"),
        (see_what_is_gone, "lost"),
        (keep_twice, "duplicated"),
        (keep_what_was_refused, "duplicated"),
        (see_twice, "duplicated"),
        (see_one_word_twice, "duplicated"),
        (skip_a_number, "reordered"),
        (see_out_of_order, "reordered"),
        (see_another, "reordered"),
        (acknowledge_another_number, "reordered"),
        (overtake, "reordered"),
    ],
)
def test_each_wrong_is_found(hurt: Callable[[History], None], kind: str) -> None:
    history = sound()
    hurt(history)
    verdict = check(history)
    assert getattr(verdict, kind) > 0, verdict
    assert verdict.details


def test_what_the_store_holds_is_told_from_what_it_lost() -> None:
    history = sound()
    history.seen = [
        one for one in history.seen if (one.reader, one.no) not in {("him", 1), ("him", 2)}
    ]
    history.states["him"] = "connected, holds 0"
    verdict = check(history)
    assert (verdict.lost, verdict.undelivered) == (2, 2)
    assert verdict.details[-1] == (
        "lost: him never saw 1-2 of x, 2 of 3 that the store holds; his client: connected, holds 0"
    )
    lose(history)
    verdict = check(history)
    assert (verdict.lost, verdict.undelivered) == (3, 2)
    assert "lost: f of him, acknowledged as 4, is not in the store" in verdict.details


def test_a_saved_history_is_judged_alike(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    history = sound()
    history.states["her"] = "connected"
    history.save(good)
    history = sound()
    lose(history)
    history.save(bad)
    assert load(good).states == {"her": "connected"}
    assert load(good).seen == sound().seen
    assert main([str(good)]) == 0
    assert main([str(good), str(bad)]) == 1
    assert "lost: f of him" in capsys.readouterr().out
