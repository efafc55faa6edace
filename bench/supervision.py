"""How well and how fast texts are judged: `python bench/supervision.py` (QUICK=1 for at most a minute); last line JSON.

Development lines were in view while the pack was written: they are training data and say nothing about the field. The
fresh lines (five files in tests/supervision) were written from the taxonomy alone; what each is worth by now is said
in docs/supervision.md.
An alert is any action but `pass`. The plain baseline is a list of keywords after NFKC, on the same texts in the same
run. DATA names the folder with the development lines and the utterances; without it a neighbour `shared/data`.
"""

import asyncio
import csv
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

sys.path.insert(0, str(Path(__file__).parents[1]))

from visavis.supervision import api
from visavis.supervision.types import Action, Direction, Judged

ROOT = Path(__file__).parents[1]
QUICK = bool(os.environ.get("QUICK"))
FRESH = {
    name: ROOT / f"tests/supervision/{name}.jsonl"
    for name in ("fresh", "fresh_two", "fresh_three", "fresh_four", "fresh_five")
}
STAFF, CLIENT = Direction.STAFF_TO_CLIENT, Direction.CLIENT_TO_STAFF
UTTERANCES = {"金融意图理解": 0.01, "金融问题识别": 0.03}  # file and the alert rate aimed at
ROUNDS, LINES = (3, 20_000) if QUICK else (7, 200_000)
KEYWORDS = [
    "保本",
    "保收益",
    "稳赚",
    "必涨",
    "翻倍",
    "内幕",
    "加微信",
    "加我微信",
    "私下",
    "代客",
    "操盘",
    "密码",
    "验证码",
    "个人账户",
    "分成",
    "返佣",
    "涨停",
    "满仓",
    "庄家",
    "guarantee",
    "risk-free",
    "whatsapp",
    "wechat",
    "password",
    "inside",
    "personal account",
    "definitely",
    "delete this",
]
AIMS = {
    "conversation_lines_per_core_s": 20_000,
    "added_p99_ms": 5.0,
    "recall": 0.80,
    "false_positives": 0.05,
    "evasions": 0.85,
}


def data() -> Path | None:
    """The folder of the development lines, where there is one."""
    named = os.environ.get("DATA")
    places = [Path(named)] if named else [ROOT.parents[up] / "shared/data" for up in (0, 1)]
    return next((place for place in places if (place / "surveillance_dev.jsonl").exists()), None)


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a file of JSON lines."""
    return [
        json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()
    ]


def alerts(texts: Sequence[Judged]) -> list[bool]:
    """Whether each text is more than passed."""
    return [verdict.action is not Action.PASS for verdict in api.weigh(texts)]


def plain(text: str) -> bool:
    """The baseline: one of some keywords, after NFKC."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return any(word in folded for word in KEYWORDS)


def share(flags: Sequence[bool]) -> float | None:
    """How many of them, 0 to 1."""
    return round(sum(flags) / len(flags), 4) if flags else None


def development(folder: Path) -> dict[str, Any]:
    """The training lines; a client's question is judged as a client's."""
    lines = rows(folder / "surveillance_dev.jsonl")
    asked = {"benign_client_question"}
    found = alerts(
        [Judged(one["text"], CLIENT if one["category"] in asked else STAFF) for one in lines]
    )
    wrong = [one["label"] == 1 for one in lines]
    return {
        "lines": len(lines),
        "training_recall": share([hit for hit, bad in zip(found, wrong, strict=True) if bad]),
        "benign": wrong.count(False),
        "benign_stopped": sum(hit for hit, bad in zip(found, wrong, strict=True) if not bad),
        "plain_recall": share([plain(one["text"]) for one in lines if one["label"]]),
        "plain_false_positives": share([plain(one["text"]) for one in lines if not one["label"]]),
    }


def fresh(path: Path) -> dict[str, Any] | None:
    """The score of one set; docs/supervision.md says which of them played a part in tuning since."""
    if not path.exists():
        return None
    lines = rows(path)
    found = alerts([Judged(one["text"], Direction(one["direction"])) for one in lines])
    pairs = list(zip(lines, found, strict=True))
    bad = [(one, hit) for one, hit in pairs if one["violation"]]
    good = [(one, hit) for one, hit in pairs if not one["violation"]]
    categories: dict[str, list[bool]] = defaultdict(list)
    for one, hit in bad:
        categories[one["category"]].append(hit)
    return {
        "lines": len(lines),
        "recall": share([hit for _, hit in bad]),
        "false_positives": share([hit for _, hit in good]),
        "evasions": share([hit for one, hit in bad if one.get("evasion")]),
        "plainly_said": share([hit for one, hit in bad if not one.get("evasion")]),
        "evasions_by_kind": {
            kind: share([hit for one, hit in bad if one.get("evasion") == kind])
            for kind in sorted({one["evasion"] for one, _ in bad if one.get("evasion")})
        },
        "recall_by_language": {
            language: share([hit for one, hit in bad if one["lang"].startswith(language)])
            for language in ("zh", "en")
        },
        "false_positives_by_language": {
            language: share([hit for one, hit in good if one["lang"].startswith(language)])
            for language in ("zh", "en")
        },
        "recall_by_category": {key: share(hits) for key, hits in sorted(categories.items())},
        "plain_recall": share([plain(one["text"]) for one, _ in bad]),
        "plain_false_positives": share([plain(one["text"]) for one, _ in good]),
    }


def utterances(folder: Path) -> tuple[dict[str, Any], list[str]]:
    """Alert rates on what clients really ask, judged in both directions; and the texts."""
    rates: dict[str, Any] = {}
    texts: list[str] = []
    for name, aim in UTTERANCES.items():
        with (folder / f"fineva/{name}.csv").open(encoding="utf-8-sig") as file:
            asked = [row["question"] for row in csv.DictReader(file)]
        texts += asked
        rates[name] = {"aim": aim, "lines": len(asked)} | {
            direction.value: share(alerts([Judged(text, direction) for text in asked]))
            for direction in (STAFF, CLIENT)
        }
    return rates, texts


def pace(work: Callable[[], object], count: int) -> float:
    """How many a second, by the processor's time; the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        before = time.process_time()
        work()
        best = min(best, time.process_time() - before)
    return round(count / best)


def unknown(asks: Sequence[Judged]) -> None:
    """Judge texts none of which was just found clean."""
    api.pack().clean.clear()
    api.weigh(asks)


async def latency(texts: Sequence[str], clock: Callable[[], float]) -> list[float]:
    """Milliseconds of one judgement at the door that the message path uses, each on its own; in order."""
    tx = cast(Any, None)  # the door asks the database nothing
    await api.policies.adopt(api.policies.Wanted((), ()))  # the shipped pack alone
    taken = []
    for text in texts:
        before = clock()
        await api.judge(tx, [Judged(text, STAFF)])
        taken.append((clock() - before) * 1000)
    return sorted(taken)


def command(asks: Sequence[Judged]) -> dict[str, Any]:
    """`visavis supervise check` over a file, its start included and set apart."""
    with tempfile.TemporaryDirectory() as folder:
        many, one = Path(folder) / "many.jsonl", Path(folder) / "one.jsonl"
        lines = [
            json.dumps(
                {
                    "id": no,
                    "text": f"{asks[no % len(asks)].text}{no}",  # no two the same
                    "lang": "zh",
                    "direction": asks[no % len(asks)].direction,
                }
            )
            for no in range(LINES)
        ]
        many.write_text("\n".join(lines) + "\n")
        one.write_text(lines[0] + "\n")
        (start, started), (whole, worked) = (_timed(path) for path in (one, many))
    return {
        "lines": LINES,
        "start_s": round(start, 2),
        "lines_per_s": round(LINES / max(whole - start, 1e-3)),
        "lines_per_core_s": round(LINES / max(worked - started, 1e-3)),
    }


def _timed(path: Path) -> tuple[float, float]:
    """Seconds by the clock, and of the processor's time alone."""
    before, worked = time.perf_counter(), _worked()
    call = [sys.executable, "-m", "visavis", "supervise", "check", "--jsonl", str(path)]
    subprocess.run(call, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - before, _worked() - worked


def _worked() -> float:
    """Seconds that the processor has worked for the programs that were started and have ended."""
    spent = os.times()
    return spent.children_user + spent.children_system


def mixed(asked: Sequence[str]) -> list[str]:
    """What a day's messages are like: short and long, in both languages, one in some thirty a breach."""
    lines = [one for path in FRESH.values() if path.exists() for one in rows(path)]
    breaches = [one["text"] for one in lines if one["violation"]]
    said = [one["text"] for one in lines if not one["violation"]] + breaches[::16]
    longer = [" ".join(asked[first : first + 12]) for first in range(0, min(240, len(asked)), 12)]
    return [*asked, *said, *longer]


def conversation(texts: Sequence[str]) -> list[Judged]:
    """The texts as client and staff say them by turns, each text once by either."""
    sides = (STAFF, CLIENT)
    return [
        Judged(text, sides[(no + again) % 2]) for again in (0, 1) for no, text in enumerate(texts)
    ]


def speed(texts: Sequence[str]) -> dict[str, Any]:
    """Texts a second and core, beside the baseline, and what one judgement adds to a message.

    `conversation` is the aim's mix: client and staff by turns. The rest is of staff's words alone, the dearer half.
    """
    gc.collect()
    gc.freeze()
    many = [Judged(f"{text}{no}", STAFF) for no, text in enumerate([*texts] * 4)]
    both = [replace(one, text=f"{one.text}{no}") for no, one in enumerate(conversation(texts) * 2)]
    single = [f"{text}{no}" for no, text in enumerate([*texts] * (2 if QUICK else 20))]
    taken = asyncio.run(latency(single, time.perf_counter))
    api.pack().clean.clear()
    worked = asyncio.run(latency(single, time.thread_time))  # without waiting for other programs
    return {
        "conversation_texts_per_s": pace(lambda: unknown(both), len(both)),
        "texts_per_s": pace(lambda: unknown(many), len(many)),
        "known_texts_per_s": pace(lambda: api.weigh(many[:1000]), 1000),
        "plain_texts_per_s": pace(lambda: [plain(one.text) for one in many], len(many)),
        "added_p50_ms": round(statistics.median(taken), 3),
        "added_p99_ms": round(taken[int(len(taken) * 0.99)], 3),
        "added_p99_work_ms": round(worked[int(len(worked) * 0.99)], 3),
        "conversation_command": command(conversation(texts)),
        "command": command([Judged(text, STAFF) for text in texts]),
    }


def main() -> None:
    """Measure, print a table, and end with one line of JSON."""
    folder = data()
    before = time.perf_counter()
    pack = api.pack()
    result: dict[str, Any] = {
        "bench": "supervision", "quick": QUICK, "pack": pack.version, "words": pack.size,
        "compile_s": round(time.perf_counter() - before, 2), "aims": AIMS,
        **{name: fresh(path) for name, path in FRESH.items()},
    }  # fmt: skip
    texts = ["您好，请问这只基金的赎回款什么时候到账", "please tell me when my redemption arrives"]
    if folder:
        result["development"] = development(folder)
        result["utterances"], texts = utterances(folder)
    else:
        print("no development lines here: name their folder with DATA=…")
    result["speed"] = speed(mixed(texts))
    for key, value in result.items():
        print(f"{key:12} {json.dumps(value, ensure_ascii=False)}")
    print(json.dumps(result, ensure_ascii=False))


if __name__ == "__main__":
    main()
