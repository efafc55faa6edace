"""`visavis supervise`: judge lines of text with the pack of this installation; no server, no database."""

import gc
import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from visavis.supervision import judging
from visavis.supervision.types import Direction, Judged, Verdict

CHUNK = 1 << 18
RARELY = 100_000
CLEAN = '"action":"pass","categories":[],"policies":[],"spans":[],"score":0.0}'
DIRECTIONS = {direction.value: direction for direction in Direction}
COMMAND = ["supervise", "check"]
FORM = "--jsonl"


class Malformed(Exception):
    """A line that cannot be judged; the text says why."""


def asked(call: Sequence[str]) -> bool:
    """Whether a command line is this command in its plain form, so that nothing else need be loaded."""
    rest = [one for one in call[3:] if one != FORM]
    return list(call[1:3]) == COMMAND and (
        not rest or (len(rest) == 1 and (rest[0] == "-" or not rest[0].startswith("-")))
    )


def check(lines: str = "-") -> int:
    """Judge a file of JSON lines, - for the standard input; the exit status.

    0: every line was judged; 1: some could not be, each named on the standard error with its number;
    2: there is no such file.
    """
    if lines != "-" and not Path(lines).is_file():
        print(f"visavis: no file {lines}", file=sys.stderr)
        return 2
    judging.pack()
    gc.collect()
    gc.freeze()  # the pack stays, the collector need not walk it
    usual = gc.get_threshold()
    gc.set_threshold(RARELY)  # what a line leaves behind goes without it
    source = os.dup(0) if lines == "-" else os.open(lines, os.O_RDONLY)
    try:
        return 1 if _run(source) else 0
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    finally:
        gc.set_threshold(*usual)
        os.close(source)


def main(call: Sequence[str]) -> int:
    """The command as it was called."""
    return check(next((one for one in call[3:] if one != FORM), "-"))


def _run(source: int) -> int:
    """Judge every line as it comes; how many could not be."""
    number = wrong = 0
    for batch in _batches(source):
        keys: list[str] = []
        asks: list[Judged] = []
        for raw in batch:
            number += 1
            if not raw.strip():
                continue
            try:
                key, ask = _asked(raw)
            except Malformed as error:
                wrong += 1
                print(f"visavis: line {number}: {error}", file=sys.stderr, flush=True)
            else:
                keys.append(key)
                asks.append(ask)
        if asks:
            told = map(_told, keys, asks, judging.weigh(asks))
            sys.stdout.write("\n".join(told) + "\n")
            sys.stdout.flush()
    if wrong:
        print(f"visavis: {wrong} of {number} lines could not be judged", file=sys.stderr)
    return wrong


def _batches(source: int) -> Iterator[list[bytes]]:
    """The lines that have come so far, again and again until the end; a batch never waits for more."""
    rest = b""
    while chunk := os.read(source, CHUNK):
        *batch, rest = (rest + chunk).split(b"\n")
        if batch:
            yield batch
    if rest:
        yield [rest]


def backtest(policies: Path, lines: str, days: int, minutes: float) -> int:
    """Print what the pack in `policies` would have done with the last days of the lines; the exit status.

    The lines are those of `check` with a `day`, and `violation` where a reviewer has decided.
    """
    history = []
    try:
        for number, raw in enumerate(Path(lines).read_bytes().splitlines(), 1):
            if raw.strip():
                history.append(_past(raw, number))
        last = max((past.day for past in history), default=date.min)
        recent = [past for past in history if (last - past.day).days < days]
        print(json.dumps(judging.effect(policies, recent, minutes), ensure_ascii=False))
    except (OSError, Malformed, judging.BrokenPack) as error:
        print(f"visavis: {error}", file=sys.stderr)
        return 2
    return 0


def train(files: Sequence[str], out: str, version: str) -> int:
    """Write the ranker that the lines of some files teach; a client's lines teach nothing. The exit status."""
    taught = []
    try:
        for file in files:
            for number, raw in enumerate(Path(file).read_bytes().splitlines(), 1):
                if raw.strip():
                    taught += _taught(raw, number)
        ranker = judging.learn(taught, version or f"lines-{len(taught)}")
        Path(out).write_bytes(judging.written(ranker))
    except (OSError, Malformed) as error:
        print(f"visavis: {error}", file=sys.stderr)
        return 2
    print(
        json.dumps(
            {
                "trained_on": ranker.trained_on,
                "runs": len(ranker.weights),
                "version": ranker.version,
            }
        )
    )
    return 0


def _taught(raw: bytes, number: int) -> list[tuple[str, bool]]:
    line = _decoded(raw)
    if not isinstance(line, dict) or not isinstance(line.get("text"), str):
        raise Malformed(f"line {number}: text is missing or no string")
    if not isinstance(line.get("violation"), bool):
        raise Malformed(f"line {number}: violation is missing or not true or false")
    if line.get("direction") == Direction.CLIENT_TO_STAFF:
        return []
    return [(line["text"], line["violation"])]


def _past(raw: bytes, number: int) -> judging.Past:
    line = _decoded(raw)
    try:
        judged = Judged(line["text"], Direction(line["direction"]))
        breach = line.get("violation")
        return judging.Past(judged, date.fromisoformat(line["day"]), breach)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Malformed(
            f"line {number}: text, direction or day is missing or wrong ({error})"
        ) from None


class _Line(msgspec.Struct):
    """A line in its plain form; the id is told as it came."""

    id: msgspec.Raw
    text: str
    direction: Direction


_PLAIN = msgspec.json.Decoder(_Line)


def _asked(raw: bytes) -> tuple[str, Judged]:
    """The id of a line, as JSON, and what is asked; what is not plain is read patiently. Raises `Malformed`."""
    try:
        line = _PLAIN.decode(raw)
        return str(line.id, "utf-8"), Judged(line.text, line.direction)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _asked_patiently(raw)


def _asked_patiently(raw: bytes) -> tuple[str, Judged]:
    line = _decoded(raw)
    if not isinstance(line, dict):
        raise Malformed("not a JSON object")
    if "id" not in line:
        raise Malformed("no id")
    if not isinstance(line.get("text"), str):
        raise Malformed("text is missing or no string")
    direction = line.get("direction")
    if not isinstance(direction, str) or direction not in DIRECTIONS:
        raise Malformed(f"direction is none of {', '.join(DIRECTIONS)}")
    try:
        key = msgspec.json.encode(line["id"]).decode()
    except UnicodeEncodeError:  # half a character in the id
        key = json.dumps(line["id"])
    return key, Judged(line["text"], DIRECTIONS[direction])


def _told(key: str, ask: Judged, verdict: Verdict) -> str:
    """The verdict on one line as JSON."""
    if not verdict.policies:
        return f'{{"id":{key},{CLEAN}'
    return f'{{"id":{key},{msgspec.json.encode(shown(ask.text, verdict)).decode()[1:]}'


def _decoded(raw: bytes) -> Any:
    """A line's value; what the fast reader will not have, the patient one reads or explains."""
    try:
        return msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        return json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON ({error})") from None


def shown(text: str, verdict: Verdict) -> dict[str, Any]:
    """A verdict as the command prints it behind the id."""
    spans = [list(span) for span in verdict.spans]
    if spans and max(text) > "\uffff":
        spans = [[_characters(text, start), _characters(text, end)] for start, end in spans]
    return {
        "action": verdict.action.value,
        "categories": list(verdict.categories),
        "policies": [hit.id for hit in verdict.policies],
        "spans": spans,
        "score": verdict.score / 1000,
    }


def _characters(text: str, units: int) -> int:
    """How many characters the first `units` UTF-16 units of `text` hold."""
    head = text.encode("utf-16-le", "surrogatepass")[: 2 * units]
    return len(head.decode("utf-16-le", "surrogatepass"))
