"""What was done and seen under a fault, one line each; the server's own word counts for nothing here.

An operation is written down twice in the manner of Jepsen: when it is invoked, and when its fate is known: `ok`
(acknowledged), `fail` (refused: nothing happened) or, where nobody ever answered, `info` (it may have happened).
"""

import json
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

OK, FAIL, INFO = "ok", "fail", "info"


@dataclass(slots=True)
class Sent:
    """One message of one sender; `token` is in its text and nowhere else, `no` is what was acknowledged."""

    token: str
    sender: str
    conversation: str
    invoked: float
    fate: str = INFO
    known: float = 0.0
    no: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """One entry as it reached one reader, in the order of arrival."""

    reader: str
    conversation: str
    no: int
    token: str


@dataclass
class History:
    """All of one run. `final` is what each conversation reads as afterwards: (number, token) as they come."""

    sent: list[Sent] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    final: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    # Who stayed until the end, and so must have seen everything: (reader, conversation).
    stayed: list[tuple[str, str]] = field(default_factory=list)
    # What the client of a reader was doing when nobody waited for him any longer.
    states: dict[str, str] = field(default_factory=dict)

    def invoke(self, token: str, sender: str, conversation: str) -> Sent:
        """Note that a message is about to be sent."""
        one = Sent(token, sender, conversation, time.monotonic())
        self.sent.append(one)
        return one

    @property
    def acknowledged(self) -> int:
        """How many messages the server has vouched for."""
        return sum(one.fate == OK for one in self.sent)

    def save(self, path: Path) -> None:
        """Write it down, one JSON object a line, for whoever wants to judge it again."""
        with path.open("w") as file:
            for line in self._lines():
                file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _lines(self) -> Iterable[dict[str, object]]:
        for sent in self.sent:
            yield {"t": "sent", **asdict(sent)}
        for seen in self.seen:
            yield {"t": "seen", **asdict(seen)}
        for conversation, entries in self.final.items():
            yield {"t": "final", "conversation": conversation, "entries": entries}
        for reader, conversation in self.stayed:
            yield {"t": "stayed", "reader": reader, "conversation": conversation}
        for reader, state in self.states.items():
            yield {"t": "state", "reader": reader, "state": state}


def load(path: Path) -> History:
    """A history that was saved."""
    history = History()
    for text in path.read_text().splitlines():
        line = json.loads(text)
        match line.pop("t"):
            case "sent":
                history.sent.append(Sent(**line))
            case "seen":
                history.seen.append(Seen(**line))
            case "final":
                history.final[line["conversation"]] = [(no, token) for no, token in line["entries"]]
            case "stayed":
                history.stayed.append((line["reader"], line["conversation"]))
            case "state":
                history.states[line["reader"]] = line["state"]
    return history
