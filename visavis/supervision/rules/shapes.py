"""Shapes in a text that no list can hold: numbers of persons, cards and accounts with their check digits, amounts.

Check digits: resident identity card GB 11643-1999 (ISO 7064 MOD 11-2), bank card ISO/IEC 7812 (Luhn), unified social
credit code GB 32100-2015. Digits may be written as characters (一三八, 幺) or as words ("one three eight").
"""

import re
from collections.abc import Callable, Iterator, Mapping

from visavis.supervision.rules.figures import (
    LONG_SAID,
    SEVERAL,
    SIX,
    WRITTEN,
    long_number,
)

Span = tuple[int, int]

FIGURES = str.maketrans("零一壹幺二贰三叁四肆五伍六陆七柒八捌九玖", "01112233445566778899")
SPOKEN = {
    "zero": "0", "oh": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9",
}  # fmt: skip
# At most one separator between two digits.
NUMBER = re.compile(r"(?<![0-9a-z])\+?\d(?:[ .\-]?\d){5,21}(?:[ ]?x(?![a-z0-9]))?(?![0-9])")
SAID = re.compile(rf"\b(?:{'|'.join(SPOKEN)})(?:[ ,\-]+(?:double )?(?:{'|'.join(SPOKEN)})){{5,}}\b")
MOBILE = re.compile(r"(?:\+?86)?1[3-9]\d{9}$")
ABROAD = re.compile(r"\+?1?[2-9]\d{2}[2-9]\d{6}$|\+\d{9,14}$|0\d{9,10}$|[4-9]\d{7}$")
SECURITY = re.compile(
    r"(?<![0-9])(?:00[0-3]|30[01]|60[0135]|68[89]|8[347]\d|92\d|5[1568]\d|1[1256]\d)\d{3}(?![0-9])"
)
PERCENT = re.compile(
    r"\d+(?:\.\d+)?(?:%| ?percent| ?per cent|个点|个百分点|成)|百分之[一二三四五六七八九十百零半]+|"
    r"[一二三四五六七八九十百两]+(?:个点|个百分点|成(?!立|功|为|交|本|员|份|分))|几个点"
)
MONEY = re.compile(
    r"\d[\d,.]*(?:万|千|百|亿|元|块|w(?![a-z])|k(?![a-z]))|[一二两三四五六七八九十百千几]+(?:万|"
    r"千|百|块钱|元|块)|"
    r"[$¥£€]\d[\d,.]*(?:k|m)?|\d[\d,.]*(?: ?(?:rmb|yuan|dollars|usd|hkd|k|bucks|grand)\b)"
)
AMOUNT = re.compile(
    r"(?<![0-9.])\d{1,9}(?:\.\d+)?(?![0-9.]\d)|[一二两三四五六七八九十百千]{1,6}(?=块|元|点|%|以上)"
)
HANDLE = re.compile(
    r"(?<![a-z0-9_])(?=[a-z0-9_]*[a-z])(?=[a-z0-9_]*\d)[a-z0-9_]{4,20}(?![a-z0-9_])|"
    r"(?<![0-9])\d{5,12}(?![0-9])|@[a-z0-9_.]{3,}"
)
MAIL = re.compile(r"[a-z0-9_.+\-]+ ?@ ?(?:[a-z0-9\-]+\.)+[a-z]{2,}")
ACCOUNT = re.compile(
    r"(?i:账号|账户|帐号|帐户|户号|account)(?i: ?(?:number|no\.?|id))?[^\w\n]{0,3}(?:是|为|is)?[^\w\n]{0,3}"
    r"([0-9]{6,20})(?![0-9])"
)
FIGURE = re.compile("[0-9零一壹幺二贰三叁四肆五伍六陆七柒八捌九玖a-zA-Z]")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
PROVINCES = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")


def is_resident_id(digits: str) -> bool:
    """Whether 17 digits and a check character make a resident identity number: province, birth date, check."""
    if not re.fullmatch(r"\d{17}[\dx]", digits) or not PROVINCES.fullmatch(digits[:2]):
        return False
    if not (
        "1900" <= digits[6:10] <= "2099"
        and "01" <= digits[10:12] <= "12"
        and "01" <= digits[12:14] <= "31"
    ):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=False))
    return "10x98765432"[total % 11] == digits[17]


def is_bank_card(digits: str) -> bool:
    """Whether 16 to 19 digits pass Luhn and begin as a payment card does (issuer ranges 3 to 6, 9)."""
    if not re.fullmatch(r"[3-69]\d{15,18}", digits):
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def kind_of(number: str) -> str | None:
    """What a bare number is: `id`, `card`, `mobile`, `phone`, or None."""
    digits = number.lstrip("+")
    if is_resident_id(digits):
        return "id"
    if is_bank_card(digits):
        return "card"
    if MOBILE.match(number):
        return "mobile"
    if ABROAD.match(number) and not SECURITY.fullmatch(digits):
        return "phone"
    return None


def _figures(view: str) -> str:
    """The view with figures written as characters in digits."""
    return view.translate(FIGURES) if WRITTEN.search(view) else view


def numbers(view: str) -> Iterator[tuple[str, int, int]]:
    """(bare number, start, end) of each long number in a view, however its digits are written."""
    for match in NUMBER.finditer(_figures(view)):
        yield re.sub(r"[ .\-]", "", match[0]), match.start(), match.end()
    for match in SAID.finditer(view):
        bare = ""
        twice = False
        for word in re.findall(r"[a-z]+", match[0]):
            bare += SPOKEN.get(word, "") * (2 if twice else 1)
            twice = word == "double"
        yield bare, match.start(), match.end()


def identifiers(view: str) -> list[tuple[str, int, int]]:
    """(kind, start, end) of each number that names a person, a card or a line."""
    found = []
    for number, start, end in numbers(view):
        kind = kind_of(number)
        if kind is None and number.endswith("x"):
            kind = kind_of(number[:-1])
        if kind:
            found.append((kind, start, end))
    return found


def mask(text: str) -> str:
    """The text with every identifier masked but its last four figures, each character in its place.

    For whoever reads a conversation that is not his own. Masked are numbers with a right check digit (persons, cards),
    telephone lines, and whatever number is called an account.
    """
    if not long_number(text) and not ACCOUNT.search(text):
        return text
    view = text.lower()
    view = view if len(view) == len(text) else text
    spans = [(start, end) for _, start, end in identifiers(view)]
    spans += [match.span(1) for match in ACCOUNT.finditer(text)]
    for start, end in sorted(spans, reverse=True):
        inner = FIGURE.sub("*", text[start : end - 4])
        text = text[:start] + inner + text[end - 4 :]
    return text


def _of_kinds(*kinds: str) -> Callable[[str], list[Span]]:
    def find(view: str) -> list[Span]:
        if not SEVERAL.search(view) and not LONG_SAID.search(view):
            return []
        return [(start, end) for kind, start, end in identifiers(view) if kind in kinds]

    return find


def _found(pattern: re.Pattern[str], first: str = "") -> Callable[[str], list[Span]]:
    """Finds a pattern; `first` holds every character that it may begin with, which are found faster."""
    if not first:
        return lambda view: [match.span() for match in pattern.finditer(view)]
    begins = re.compile(f"[{first}]")

    def find(view: str) -> list[Span]:
        spans: list[Span] = []
        at = 0
        while begin := begins.search(view, at):
            match = pattern.match(view, begin.start())
            if match:
                spans.append(match.span())
            at = match.end() if match else begin.end()
        return spans

    return find


def _securities(view: str) -> list[Span]:
    if not SIX.search(view):
        return []
    return [match.span() for match in SECURITY.finditer(_figures(view))]


SHAPES: Mapping[str, Callable[[str], list[Span]]] = {
    "@mobile": _of_kinds("mobile"),
    "@phone": _of_kinds("mobile", "phone"),
    "@id": _of_kinds("id"),
    "@card": _of_kinds("card"),
    "@code": _securities,
    "@percent": _found(PERCENT, r"\d百几" + "一二三四五六七八九十两"),
    "@money": _found(MONEY, r"\d$¥£€" + "一二两三四五六七八九十百千几"),
    "@handle": _found(HANDLE),
    "@mail": _found(MAIL),
    "@number": _found(AMOUNT, r"\d" + "一二两三四五六七八九十百千"),
}
