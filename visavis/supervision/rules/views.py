"""Views of one text in which disguised words look alike, and the way from each back to the original.

`plain` keeps the words apart (English is read there), `dense` has nothing left between the characters of a word
(Chinese is read there), `sound` spells the characters of `dense` by their readings, `letters` are the letters and
digits of `plain` alone. Each is made by deletions and replacements, so a place can be led back step by step;
that is done only for places where something was found.
"""

import re
from collections.abc import Callable, Sequence

from visavis.supervision.rules.folding import JOINT, Folding, Hanzi

HAN = "\u3400-\u9fff"
Edit = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]
Places = list[int]


def _keep(of: str) -> Callable[[re.Match[str]], str]:
    table = {ord(char): None for char in of}
    return lambda match: match[0].translate(table)


def _nothing(match: re.Match[str]) -> str:
    del match
    return ""


# Letters set apart one by one: "g u a r", "w.e.i.x.i.n". One character stands between two, the same throughout.
SPELLED = re.compile(r"(?<![a-z0-9])[a-z0-9]([ .\-/,'])[a-z0-9](?:\1[a-z0-9])+(?![a-z0-9])")
HYPHENS = re.compile(rf"[{JOINT}\-/&]+")
# Characters set apart one by one by a mark that otherwise ends a clause.
STROKED = re.compile(rf"[{HAN}](?:([,。、;:!?\n.])[{HAN}])(?:\1[{HAN}])+")
DOTTED = re.compile(rf"(?<=[{HAN}a-z0-9])[.'\"](?=[{HAN}])|(?<=[{HAN}])[.'\"](?=[{HAN}a-z])")
BETWEEN = re.compile(rf"(?<![a-z0-9])[ {JOINT}\-/&]+|[ {JOINT}\-/&]+(?![a-z0-9])")
# A character written as its parts: 讠正 for 证, 力口 for 加.
PARTS = {
    "讠正": "证", "讠兑": "说", "讠平": "评", "讠舌": "话", "讠人": "认", "讠若": "诺", "亻言": "信", "人言": "信",
    "亻呆": "保", "亻弋": "代", "亻介": "价", "亻也": "他", "亻专": "传", "亻尔": "你", "木又": "权", "木目": "相",
    "力口": "加", "禾急": "稳", "禾刂": "利", "禾兑": "税", "贝兼": "赚", "贝兑": "赚", "贝曾": "赠", "贝丁": "贩",
    "月殳": "股", "车专": "转", "钅戋": "钱", "钅艮": "银", "氵张": "涨", "足失": "跌", "口巴": "吧", "口乞": "吃",
    "彳微": "微", "彳山王攵": "微", "氵肖": "消", "自心": "息", "女子": "好", "弓长": "张", "言周": "调",
    "走召": "超", "田各": "略", "冂人": "内", "门人": "内", "莫巾": "幕", "艹莫巾": "幕", "扌丸": "执", "扌立": "拉",
    "扌桑": "搡", "米且": "粗", "罒贝": "买", "乛头": "买", "十买": "卖", "士买": "卖", "刂乂": "收", "丩攵": "收",
    "丷皿": "益", "君羊": "群", "衣君": "裙", "王元": "玩", "田丁": "町", "石马": "码", "宀必山": "密",
}  # fmt: skip
SPLIT = re.compile("|".join(sorted(map(re.escape, PARTS), key=len, reverse=True)))
RARE = re.compile("[讠亻禾贝月车钅氵足口彳自女弓言走田冂门莫艹扌力木人罒乛十士刂丩丷君衣石宀]")
NO_LETTER = re.compile(r"[^a-z0-9\n]+")
# Figures and signs inside a word that stand for letters.
LEETY = re.compile(r"[a-z][013457@$!]+[a-z]|(?<![a-z0-9])[013457@$!]+[a-z]{3}")
WORD = re.compile(r"[a-z0-9@$!]*[a-z][a-z0-9@$!]*")
LEET = str.maketrans("013457@$!", "oleastasi")
LEET_I = str.maketrans("013457@$!", "oieastasi")

PLAIN: Sequence[Edit] = (
    (HYPHENS, lambda match: "" if match[0] == JOINT else " "),
    (SPELLED, _keep(" .-/,'")),
)
DENSE: Sequence[Edit] = (
    (SPELLED, _keep(" .-/,'")),
    (BETWEEN, _nothing),
    (STROKED, _keep(",。、;:!?\n.")),
    (DOTTED, _nothing),
)
RUN_OVER = re.compile("\u202e([^\u202c\n]*)\u202c?")


class Reader:
    """Everything needed to read a text; made once with the table of characters."""

    def __init__(self, hanzi: Hanzi) -> None:
        self.folding = Folding(hanzi)
        self.sounds = {ord(char): reading for char, reading in hanzi.reading.items()} | {32: ""}

    def read(self, text: str) -> "Reading":
        """The views of `text`."""
        return Reading(self, text)

    def fold(self, word: str, edits: Sequence[Edit]) -> str:
        """A word of the pack as it stands in a view."""
        view = word.translate(self.folding)
        for pattern, become in edits:
            view = pattern.sub(become, view)
        return view

    def sound(self, dense: str) -> str:
        """The reading of a dense word or text."""
        return dense.translate(self.sounds)


class Reading:
    """One text and its views."""

    __slots__ = ("_reader", "base", "dense", "letters", "plain", "text")

    def __init__(self, reader: Reader, text: str) -> None:
        self._reader = reader
        self.text = text
        shown = RUN_OVER.sub(lambda run: run[1][::-1], text) if "\u202e" in text else text
        self.base = shown.translate(reader.folding)
        self.plain = _edit(self.base, PLAIN)
        self.dense = _edit(self.base, DENSE)
        if not self.dense.isascii() and RARE.search(self.dense):
            self.dense = SPLIT.sub(lambda match: PARTS[match[0]], self.dense)
        self.letters = NO_LETTER.sub("", self.plain)

    @property
    def sound(self) -> str:
        """The dense view, spelled by readings."""
        return self._reader.sound(self.dense)

    def unleeted(self) -> list[str]:
        """The plain view with figures read as letters, in the one or two ways there are; mostly none."""
        if not LEETY.search(self.plain):
            return []
        tables = (LEET, LEET_I) if "1" in self.plain else (LEET,)
        return [WORD.sub(_translated(table), self.plain) for table in tables]

    def plain_places(self) -> Places:
        """For each character of `plain`, its index in the text."""
        return _trace(self.base, PLAIN, self._base_places())

    def dense_places(self) -> Places:
        """For each character of `dense`, its index in the text."""
        places = _trace(self.base, DENSE, self._base_places())
        before = _edit(self.base, DENSE)
        if before != self.dense:
            places = _trace(before, ((SPLIT, lambda match: PARTS[match[0]]),), places)
        return places

    def letters_in_plain(self) -> Places:
        """For each character of `letters`, its index in `plain`."""
        return _trace(self.plain, ((NO_LETTER, _nothing),), list(range(len(self.plain))))

    def sound_in_dense(self) -> tuple[Places, Places]:
        """For each letter of `sound`, its index in `dense`; and where each character of `dense` begins."""
        owner: Places = []
        begins: Places = []
        for index, char in enumerate(self.dense):
            begins.append(len(owner))
            owner += [index] * len(self._reader.sound(char))
        begins.append(len(owner))
        return owner, begins

    def _base_places(self) -> Places:
        order = list(range(len(self.text)))
        if "\u202e" in self.text:
            shown: Places = []
            last = 0
            for run in RUN_OVER.finditer(self.text):
                shown += order[last : run.start()] + order[run.start(1) : run.end(1)][::-1]
                last = run.end()
            order = shown + order[last:]
        places: Places = []
        for index in order:
            places += [index] * len(self._reader.folding[ord(self.text[index])])
        return places


def _translated(table: dict[int, int]) -> Callable[[re.Match[str]], str]:
    return lambda match: match[0].translate(table)


def _edit(view: str, edits: Sequence[Edit]) -> str:
    for pattern, become in edits:
        view = pattern.sub(become, view)
    return view


def _trace(view: str, edits: Sequence[Edit], places: Places) -> Places:
    """The indexes of `places` that are left after the edits; what is put in has the place of its first part."""
    for pattern, become in edits:
        left: Places = []
        last = 0
        for match in pattern.finditer(view):
            put = become(match)
            left += places[last : match.start()]
            left += _kept(match[0], put, places[match.start() : match.end()])
            last = match.end()
        left += places[last:]
        view = pattern.sub(become, view)
        places = left
    return places


def _kept(before: str, after: str, places: Places) -> Places:
    """Places of the characters that survived, in order; a replaced one takes the first place."""
    found: Places = []
    at = 0
    for char in after:
        hit = before.find(char, at)
        found.append(places[hit if hit >= 0 else min(at, len(places) - 1)])
        at = hit + 1 if hit >= 0 else at
    return found
