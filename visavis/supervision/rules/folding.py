"""One character without its disguise: width, case, accents, script, look-alikes, traditional forms, pictures.

What cannot be seen becomes nothing, what only separates becomes a separator; see `views.py` for what follows.
"""

import re
import string
import unicodedata
from dataclasses import dataclass

# Between the letters of one word: a bar, a star, a tilde. Between words: a space, a hyphen, a picture.
JOINT = "\x1f"
GAP = " "

# Unicode categories without a body of their own: format, unassigned, marks, surrogates, controls, private.
INVISIBLE = frozenset({"Cf", "Cn", "Mn", "Me", "Cs", "Cc", "Co"})
KEPT = frozenset(",。、;!?:.%+'$@&()“”「」『』《》\"[]【】<>\n")
JOINING = frozenset("*_~^|`·•・…‧∙#=\\")

# Written in full width; they become what they are in half.
MARKS = "，？！：；（）"

# Letters of other scripts that look like Latin ones (after UTS 39).
LOOKALIKES = dict(
    zip(
        "аеорсхуіѕјһԁɡкмтвнԛԝɑıłøđαορντεικυχωηρѵ" + "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ",
        "aeopcxyisjhdgkmtbhqwailodaopvteikuxwnpv" + "abcdefghijklmnoprstuvwyz",
        strict=True,
    )
)
# Pictures and unusual characters that stand for a word or a part of one.
STAND_INS = {
    "➕": "加", "✚": "加", "➗": "除", "❤": "心", "♥": "心", "♡": "心", "💗": "心", "💕": "心", "💓": "心", "💖": "心",
    "💛": "心", "💚": "心", "💙": "心", "🧡": "心", "💜": "心", "🖤": "心", "🤍": "心",
    "💰": "钱", "💵": "钱", "💴": "钱", "💸": "钱", "🤑": "钱", "🪙": "币", "🧧": "红包", "💳": "卡", "🏦": "银行",
    "🐧": "qq", "🛰": "卫星", "📞": "电话", "☎": "电话", "📱": "手机", "📲": "手机", "👗": "裙", "🛩": "飞机",
    "✈": "飞机", "🐮": "牛", "🐂": "牛", "🐴": "马", "🐎": "马", "🏇": "马", "📈": "涨", "🚀": "涨", "📉": "跌",
    "🈶": "有", "🈚": "无", "🈵": "满", "🉐": "得", "🈲": "禁", "🈸": "申",
    "㊙": "秘", "🔞": "禁", "🥩": "肉", "🍖": "肉",
    "🚗": "车", "🚘": "车", "🚌": "车", "🐟": "鱼", "🍃": "绿", "🟢": "绿", "🫧": "泡", "💬": "微信", "🤫": "嘘",
    "💯": "百分百", "🔒": "锁", "🔐": "锁", "🔑": "密钥", "🈴": "合", "👛": "包", "🎒": "包", "🆚": "vs", "🆗": "ok",
    "〇": "零", "囗": "口", "︰": ":", "﹕": ":", "：": ":", "，": ",", "！": "!", "？": "?", "；": ";", "．": ".",
    "’": "'", "‘": "'", "´": "'", "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "「": "「", "￥": "¥",
    "祄": "介", "嘉⺮": "嘉", "℡": "电话", "㍿": "公司", "Ⓥ": "v", "ⅴ": "v", "Ⅴ": "v", "∨": "v", "ᐯ": "v", "√": "v",
}  # fmt: skip


@dataclass(frozen=True)
class Hanzi:
    """Readings and simple forms of Chinese characters: `simple[traditional]`, `reading[simple]` without tones."""

    simple: dict[str, str]
    reading: dict[str, str]


def read_hanzi(table: str) -> Hanzi:
    """The table as it ships: a comment, a line of pairs, then lines of `reading characters`."""
    _, pairs, *lines = table.splitlines()
    simple = dict(zip(pairs[::2], pairs[1::2], strict=True))
    reading = {char: line.split(" ")[0] for line in lines for char in line.split(" ")[1]}
    return Hanzi(simple, reading)


class Folding(dict[int, str]):
    """A table for `str.translate` that fills itself: code point -> what it becomes."""

    def __init__(self, hanzi: Hanzi) -> None:
        super().__init__()
        self._hanzi = hanzi

    def __missing__(self, code: int) -> str:
        folded = self[code] = self._fold(chr(code))
        return folded

    def _fold(self, char: str) -> str:
        if char in STAND_INS:
            return STAND_INS[char]
        if 0x1F1E6 <= ord(char) <= 0x1F1FF:  # regional indicators
            return chr(ord(char) - 0x1F1E6 + 97)
        if 0x1F170 <= ord(char) <= 0x1F189:  # negative squared letters
            return chr(ord(char) - 0x1F170 + 97)
        if char.isspace():
            return "\n" if char in "\n\r\u2028\u2029" else GAP
        if unicodedata.category(char) in INVISIBLE:
            return ""
        plain = unicodedata.normalize("NFKD", char).casefold()
        return "".join(self._one(part) for part in plain)

    def _one(self, char: str) -> str:
        if char in KEPT:
            return char
        if unicodedata.category(char) in INVISIBLE:
            return ""
        if char in JOINING:
            return JOINT
        if char in STAND_INS:
            return STAND_INS[char]
        if char.isalnum():
            return self._hanzi.simple.get(char) or LOOKALIKES.get(char) or char
        return "" if char == "\u20e3" else GAP


class Evenness:
    """The texts that hide nothing: simple characters, figures, letters, plain marks; folded without a table."""

    def __init__(self, folding: Folding, hanzi: Hanzi) -> None:
        turned = {mark: folding[ord(mark)] for mark in MARKS}
        self._turned = tuple(turned.items())
        asked = {*hanzi.reading, *string.ascii_letters, *string.digits, *KEPT, *turned, " "}
        self.chars = frozenset(
            one for one in asked if folding[ord(one)] == turned.get(one, one.lower())
        )
        self._uneven = re.compile(f"[^{re.escape(''.join(sorted(self.chars)))}]")

    def fold(self, text: str) -> str | None:
        """The text as its table would fold it; None where only the table knows."""
        return None if self._uneven.search(text) else self.turned(text).lower()

    def turned(self, text: str) -> str:
        """An even text with its marks in half width."""
        for mark, become in self._turned:
            text = text.replace(mark, become)
        return text
