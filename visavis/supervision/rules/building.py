"""Building a pack out of its documents.

A pattern is a row of slots with gaps: `{promise} ~8 {gain}` is any word of one class and, at most eight characters
on, any word of the other; `&8` is the same in either order; nothing between two slots is a gap of the pack's own
size. `[a|b]` is a class written in place. A word may hold choices, `(a/b/)`, and classes, and end with `*` for any
ending. `@phone`, `@code` and the like are shapes, found by `shapes.py`. Every word is folded as a text is.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from visavis.supervision.rules.documents import policy_of
from visavis.supervision.rules.edits import DENSE, PLAIN
from visavis.supervision.rules.pack import BrokenPack, Pack, Pattern, Track, Word
from visavis.supervision.rules.scanning import automaton
from visavis.supervision.rules.shapes import SHAPES
from visavis.supervision.rules.spelling import choices, lettered, nested, spelt_out
from visavis.supervision.rules.views import Reader
from visavis.supervision.types import Action, Policy, Verdict

TOKEN = re.compile(r"\{[^}]+\}|\[[^\]]+\]|[~&]\d+")
NAMED = re.compile(r"\{([^}]+)\}")
GAP = {"zh-CN": 3, "en": 8}
WORDS_LIMIT = 200_000


class _Builder:
    """One document on its way into a track."""

    def __init__(self, reader: Reader, document: Mapping[str, Any]) -> None:
        self.reader = reader
        self.language = document["language"]
        self.edits = DENSE if self.language == "zh-CN" else PLAIN
        self.classes: Mapping[str, str] = document.get("classes", {})
        self.ids: dict[str, int] = {}
        self.meanings: dict[tuple[str, bool], set[int]] = {}
        self.track = Track(self.language)

    def class_id(self, raw: str) -> int:
        """The number of a class, written in place or by its name; its words are entered once."""
        if raw in self.ids:
            return self.ids[raw]
        number = self.ids[raw] = len(self.ids)
        for word in self.expand(raw):
            if word.startswith("@"):
                if word not in SHAPES:
                    raise BrokenPack(f"no shape {word!r}")
                self.track.shapes[number] = (*self.track.shapes.get(number, ()), word)
            else:
                for one in spelt_out(word) if self.language == "en" else (word,):
                    self.enter(one, number)
        return number

    def enter(self, word: str, number: int) -> None:
        """Let a word mean a class; -1 is an exemption."""
        open_end = word.endswith("*")
        folded = self.reader.fold(word.rstrip("*"), self.edits).strip()
        if not folded:
            raise BrokenPack(f"{word!r} is empty in its view")
        self.meanings.setdefault((folded, open_end), set()).add(number)
        if len(self.meanings) > WORDS_LIMIT:
            raise BrokenPack(f"more than {WORDS_LIMIT} words")

    def expand(self, raw: str) -> list[str]:
        """Every word that a class stands for. Raises `BrokenPack` on an unknown class or a lone bracket."""
        words: list[str] = []
        for part in self._named(raw).split("|"):
            words += choices(part)
        return [word for word in (" ".join(word.split()) for word in words) if word]

    def _named(self, raw: str, depth: int = 0) -> str:
        if depth > 5:
            raise BrokenPack(f"{raw!r}: a class within itself")

        def inline(match: re.Match[str]) -> str:
            if match[1] not in self.classes:
                raise BrokenPack(f"{raw!r}: no class {match[1]!r}")
            inner = self._named(self.classes[match[1]], depth + 1)
            whole = match.start() == 0 or raw[match.start() - 1] == "|"
            return inner if whole and raw[match.end() :][:1] in {"", "|"} else nested(inner)

        return NAMED.sub(inline, raw)

    def pattern(self, policy: str, raw: str) -> Pattern:
        """A pattern with its classes entered."""
        slots: list[int] = []
        gaps: list[tuple[int, bool]] = []
        gap = (GAP[self.language], False)
        if TOKEN.sub("", raw).strip():
            raise BrokenPack(f"{policy}: {TOKEN.sub('', raw).strip()!r} is no slot in {raw!r}")
        for token in TOKEN.findall(raw):
            if token[0] in "~&":
                gap = (int(token[1:]), token[0] == "&")
                continue
            if slots:
                gaps.append(gap)
            gap = (GAP[self.language], False)
            written = token[0] == "[" or token[1] == "@"
            slots.append(self.class_id(token[1:-1] if written else token))
        if not slots:
            raise BrokenPack(f"{policy}: {raw!r} is empty")
        need = shaped = 0
        for slot in slots:
            if slot in self.track.shapes:
                shaped |= 1 << slot
            else:
                need |= 1 << slot
        return Pattern(policy, tuple(slots), tuple(gaps), need, shaped)

    def turn_round(self, words: Sequence[str]) -> None:
        """Let each of the longer words also be found written from its end."""
        least = 4 if self.language == "zh-CN" else 8
        for word in dict.fromkeys(words):
            folded = self.reader.fold(word, self.edits).strip()
            classes = self.meanings.get((folded, False), set()) - {-1}
            if len(folded) >= least and classes and folded[::-1] != folded:
                self.meanings.setdefault((folded[::-1], False), set()).update(classes)

    def close(self, patterns: Sequence[Pattern], hidden: Sequence[str]) -> Track:
        """Build the automata."""
        for pattern in patterns:
            if self.track.shapes.keys() >= {*pattern.slots}:
                raise BrokenPack(f"{pattern.policy}: a pattern of shapes alone")
        self.track.patterns = patterns
        self.turn_round(hidden)
        texts: list[str] = []
        for (word, open_end), classes in self.meanings.items():
            texts.append(word)
            named = tuple(sorted(number for number in classes if number >= 0))
            free = not (word[0].isascii() or word[-1].isascii())
            self.track.words.append(Word(named, -1 in classes, open_end, free=free).marked())
        self.track.find_with(automaton(texts), texts)
        self._hide(hidden)
        self.track.lettered = lettered(self.track, self.meanings, patterns)
        return self.track

    def _hide(self, hidden: Sequence[str]) -> None:
        """Words that are also found by their sound (Chinese) or run together (English)."""
        texts: list[str] = []
        for word in dict.fromkeys(hidden):
            folded = self.reader.fold(word.rstrip("*"), self.edits)
            classes = self.meanings.get((folded, False), set()) | self.meanings.get(
                (folded, True), set()
            )
            if not classes:
                continue
            chinese = self.language == "zh-CN"
            sound = self.reader.sound(folded) if chinese else folded.replace(" ", "")
            texts.append(sound)
            one = Word(tuple(sorted(classes - {-1})), weak=chinese and len(folded) < 3, text=folded)
            self.track.hidden.append(one.marked())
            if chinese:
                self.track.listen(self.reader.hearing, folded, sound)
        self.track.hidden_automaton = automaton(texts) if texts else None


def compile_pack(documents: Sequence[Mapping[str, Any]], reader: Reader) -> Pack:
    """The pack of several documents; a later one may extend a policy of an earlier one. Raises `BrokenPack`."""
    policies: dict[str, Policy] = {}
    signals: dict[str, tuple[str, ...]] = {}
    tests: list[tuple[str, str, bool]] = []
    builders: dict[str, _Builder] = {}
    patterns: dict[str, list[Pattern]] = {}
    hidden: dict[str, list[str]] = {}
    for document in documents:
        language = document["language"]
        builder = builders.get(language)
        if builder is None:
            builder = builders[language] = _Builder(reader, document)
        else:
            builder.classes = {**builder.classes, **document.get("classes", {})}
        for word in builder.expand(document.get("exempt", "")):
            builder.enter(word, -1)
        for raw in document["policies"]:
            policy_id = policy_of(raw, policies)
            if raw.get("signals"):
                signals[policy_id] = (*signals.get(policy_id, ()), *raw["signals"])
            rows = [builder.pattern(policy_id, one) for one in raw.get("patterns", ())]
            patterns.setdefault(language, []).extend(rows)
            for expected, key in ((True, "hit"), (False, "miss")):
                tests += [(policy_id, text, expected) for text in raw["tests"][key]]
        hidden.setdefault(language, []).extend(builder.expand(document.get("hidden", "")))
    tracks = {
        language: builder.close(patterns.get(language, ()), hidden[language])
        for language, builder in builders.items()
    }
    version = "+".join(str(document["version"]) for document in documents)
    passed = Verdict(Action.PASS, pack_version=version)
    return Pack(version, policies, tracks, signals, tuple(tests), reader, passed)
