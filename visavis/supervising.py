"""`visavis supervise`: judge lines of text with the pack of this installation; no server, no database."""

import gc
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from visavis.supervision import api
from visavis.supervision.types import Direction, Judged, Verdict

app = typer.Typer(no_args_is_help=True, help="Supervision from the command line.")
CHUNK = 1 << 18
DIRECTIONS = {direction.value: direction for direction in Direction}


class Malformed(Exception):
    """A line that cannot be judged; the text says why."""


@app.callback()
def supervise() -> None:
    """Supervision from the command line."""


@app.command()
def check(
    lines: Annotated[
        str, typer.Argument(metavar="[FILE|-]", help="The lines; - is the standard input.")
    ] = "-",
    jsonl: Annotated[bool, typer.Option("--jsonl", help="JSON lines; the only form.")] = True,
) -> None:
    """Judge JSON lines {"id","text","lang","direction"}; answer one verdict a line, in order.

    Spans are character offsets into the text. A line that cannot be read is named on the standard
    error with its number and left out; the exit status is then 1.
    """
    del jsonl
    if lines != "-" and not Path(lines).is_file():
        print(f"visavis: no file {lines}", file=sys.stderr)
        raise SystemExit(2)
    api.pack()
    gc.collect()
    gc.freeze()  # the pack stays, the collector need not walk it
    source = os.dup(0) if lines == "-" else os.open(lines, os.O_RDONLY)
    try:
        wrong = _run(source)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise SystemExit(1) from None
    finally:
        os.close(source)
    raise SystemExit(1 if wrong else 0)


def _run(source: int) -> int:
    """Judge every line as it comes; how many could not be."""
    number = wrong = 0
    for batch in _batches(source):
        answers = []
        for raw in batch:
            number += 1
            if not raw.strip():
                continue
            try:
                answers.append(answer(raw))
            except Malformed as error:
                wrong += 1
                print(f"visavis: line {number}: {error}", file=sys.stderr, flush=True)
        if answers:
            sys.stdout.write("\n".join(answers) + "\n")
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


def answer(raw: bytes) -> str:
    """The verdict on one line as JSON. Raises `Malformed`."""
    try:
        line = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Malformed("not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise Malformed(f"not JSON ({error})") from None
    if not isinstance(line, dict):
        raise Malformed("not a JSON object")
    if "id" not in line:
        raise Malformed("no id")
    if not isinstance(line.get("text"), str):
        raise Malformed("text is missing or no string")
    direction = line.get("direction")
    if not isinstance(direction, str) or direction not in DIRECTIONS:
        raise Malformed(f"direction is none of {', '.join(DIRECTIONS)}")
    text = line["text"]
    verdict = api.weigh([Judged(text, DIRECTIONS[direction])])[0]
    return json.dumps(shown(line["id"], text, verdict))


def shown(key: Any, text: str, verdict: Verdict) -> dict[str, Any]:
    """A verdict as the command prints it."""
    spans = [list(span) for span in verdict.spans]
    if spans and max(text) > "\uffff":
        spans = [[_characters(text, start), _characters(text, end)] for start, end in spans]
    return {
        "id": key,
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
