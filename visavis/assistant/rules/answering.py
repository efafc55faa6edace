"""What to answer a message with, and how a conversation is summed up: extractive, so nobody's
words can steer it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from visavis.assistant.types import Decision, Intent, Outcome
from visavis.knowledge.types import Found

RELATED = 2  # further entries that are named after the answer
SUGGESTED_FROM = 0.15  # sureness from which on an entry is worth showing to an advisor
SUMMARY_QUESTIONS = 3
SUMMARY_CUT = 120


def decide(intent: Intent, found: Sequence[Found], sure: float) -> Decision:
    """Answer, decline, hand over, or say that nothing is known; `found` are the best entries, best
    first.
    """
    best = found[0].score if found else 0.0
    cited = shown(found, sure)
    match intent:
        case Intent.PERSON:
            return Decision(Outcome.HANDED_OVER, "assistant_hand_over")
        case Intent.COURTESY:
            return Decision(Outcome.ANSWERED, "assistant_courtesy")
        case Intent.IDENTITY:
            return Decision(Outcome.ANSWERED, "assistant_identity")
        case Intent.ADVICE:
            return Decision(Outcome.DECLINED_ADVICE, "assistant_no_advice", (), best)
        case Intent.DISTRESS:
            return Decision(Outcome.HANDED_OVER, "assistant_distress", cited[:1], best)
    if cited:
        return Decision(Outcome.ANSWERED, "assistant_answer", cited, best)
    if intent is Intent.PRODUCT:
        return Decision(Outcome.DECLINED_ADVICE, "assistant_no_advice", (), best)
    return Decision(Outcome.UNKNOWN, "assistant_unknown", (), best)


def shown(found: Sequence[Found], sure: float) -> tuple[Found, ...]:
    """The entries that are sure enough, best first; nothing when none is."""
    return tuple(hit for hit in found if hit.score >= sure)[: 1 + RELATED]


def worded(sentence: str, related: str, cited: Sequence[Found]) -> str:
    """The message: `{answer}` of the catalogue's sentence is the entry's own wording, marked [1];
    others are named.
    """
    answer = f"{cited[0].item.answer} [1]" if cited else ""
    text = sentence.replace("{answer}", answer).strip()
    if len(cited) > 1:
        names = "; ".join(f"{hit.item.title} [{n}]" for n, hit in enumerate(cited[1:], 2))
        text += "\n\n" + related.replace("{titles}", names)
    return text


def citations(cited: Sequence[Found]) -> list[dict[str, Any]]:
    """The sources behind the marks, as the wire shows them."""
    return [
        {
            "n": n,
            "entry": str(hit.item.entry_id),
            "version": hit.item.version,
            "title": hit.item.title,
            "reviewed": hit.item.reviewed.isoformat(),
        }
        for n, hit in enumerate(cited, 1)
    ]


def summed_up(
    sentences: Mapping[str, str],
    topic: str,
    questions: Sequence[str],
    titles: Sequence[str] | None,
    context: Mapping[str, Any],
) -> str:
    """A hand-over in the client's own words: topic, last questions, page, and what was answered
    with; None where the assistant was never asked.
    """
    lines = [sentences["topic"].replace("{topic}", topic)]
    page = str(context.get("title") or context.get("url") or "")
    if page:
        lines.append(sentences["page"].replace("{page}", page[:SUMMARY_CUT]))
    lines += [
        sentences["asked"].replace("{text}", cut(text)) for text in questions[-SUMMARY_QUESTIONS:]
    ]
    if titles:
        names = "; ".join(dict.fromkeys(titles))
        lines.append(sentences["answered"].replace("{titles}", names))
    elif questions and titles is not None:
        lines.append(sentences["nothing"])
    return "\n".join(lines)


def cut(text: str) -> str:
    """One line of at most 120 characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= SUMMARY_CUT else f"{flat[: SUMMARY_CUT - 1]}…"
