"""Signals: what a text shows besides its words, hidden characters and numbers of persons and cards."""

import re
from collections.abc import Callable, Mapping

from visavis.supervision.rules import guards
from visavis.supervision.rules.pack import SUSPICION
from visavis.supervision.rules.views import Reading
from visavis.supervision.types import ELSEWHERE, FILE, UNREAD, Policy

# An invisible character inside a word; joiners inside an emoji are none.
HIDDEN = re.compile("[\u200b\u200c\u200e\u200f\u2060\ufeff\u00ad]")
INVISIBLE = re.compile(rf"\w{HIDDEN.pattern}+(?=\w)")


def _invisible(policy: Policy, reading: Reading) -> list[tuple[int, int]]:
    del policy
    text = reading.text
    if reading.even or text.isascii() or not HIDDEN.search(text):
        return []
    return [(match.start() + 1, match.end()) for match in INVISIBLE.finditer(text)]


def _attachment(policy: Policy, reading: Reading) -> list[tuple[int, int]]:
    """The mark of a file that nobody has read: pictures, voice and codes may hold any words (evasion V10)."""
    del policy
    at = reading.text.find(FILE)
    return [(at, len(reading.text))] if at >= 0 else []


def _found(
    pattern: re.Pattern[str], *, signs: str
) -> Callable[[Policy, Reading], list[tuple[int, int]]]:
    """Places of a pattern of the text itself; without one of `signs` in it nothing is looked for."""

    def find(policy: Policy, reading: Reading) -> list[tuple[int, int]]:
        del policy
        text = reading.text
        for sign in signs:
            if sign in text:
                return [match.span() for match in pattern.finditer(text)]
        return []

    return find


def _suspicion(policy: Policy, reading: Reading) -> list[tuple[int, int]]:
    """The whole text, where it reads like what reviewers called a breach; the ranker learned on short texts."""
    del policy
    if not LEAST <= len(reading.text) <= MOST:
        return []
    return [(0, len(reading.text))] if reading.exceeds(SUSPECT) else []


def _number(kind: str) -> Callable[[Policy, Reading], list[tuple[int, int]]]:
    """Numbers of one kind, wherever they stand; 11 digits are the shortest."""

    def find(policy: Policy, reading: Reading) -> list[tuple[int, int]]:
        if not reading.identifiers:
            return []
        spans = [
            (start, end)
            for found, start, end in reading.identifiers
            if found == kind
            and not guards.guarded(policy.guards, reading.dense, start, end, chinese=True)
            and not guards.guarded(policy.guards, reading.dense, start, end, chinese=False)
        ]
        places = reading.dense_places if spans else []
        return [(min(places[start:end]), max(places[start:end]) + 1) for start, end in spans]

    return find


# Log odds from which a text is suspected: 1.8 is 6 to 1; see docs/supervision.md for what it costs and finds.
SUSPECT = 1.8
LEAST, MOST = 6, 160

# Where a link or a code leads: to another messenger, or to a purse. Hosts and schemes as the services publish them.
MESSENGER = re.compile(
    r"(?:https?://)?\b(?:u\.wechat\.com|wa\.me|(?:api|chat)\.whatsapp\.com|t\.me|telegram\.me|(?:qm|jq)\.qq\.com|line\.me|"
    r"lin\.ee|m\.me|signal\.(?:me|group)|discord\.gg|chats\.viber\.com|weixin\.qq\.com/[grqx]|discord\.com/invite)/\S*"
    r"|\b(?:weixin|wechat|tg|whatsapp|mqqapi|mqqwpa|viber|line|skype|sgnl)://(?!wxpay)\S+",
    re.IGNORECASE,
)
PURSE = re.compile(
    r"\b(?:wxp|alipays?|weixin://wxpay|upwallet)[:/]/?/?\S+"
    r"|(?:https?://)?\b(?:(?:m|qr|ds)\.alipay\.com|qr\.95516\.com|payapp\.weixin\.qq\.com|i\.qianbao\.qq\.com|"
    r"paypal\.me|cash\.app|venmo\.com|revolut\.me)/\S*"
    rf"|{ELSEWHERE}(?:000201[^\n]*6304[0-9A-F]{{4}}|BCD [^\n]*|(?:bitcoin|ethereum|tron|litecoin|solana|lightning|upi):"
    r"[^\n]*|0x[0-9a-f]{40}\b|T[1-9A-HJ-NP-Za-km-z]{33}\b|(?:bc1|[13])[1-9A-HJ-NP-Za-km-z]{25,60}\b)",
    re.IGNORECASE,
)

SIGNALS: Mapping[str, Callable[[Policy, Reading], list[tuple[int, int]]]] = {
    "@invisible": _invisible,
    "@attachment": _attachment,
    "@elsewhere": _found(re.compile(f"{ELSEWHERE}[^\n]*"), signs=ELSEWHERE),
    "@unread": _found(re.compile(UNREAD), signs=UNREAD),
    "@messenger": _found(MESSENGER, signs="/"),
    "@purse": _found(PURSE, signs=f"/{ELSEWHERE}"),
    SUSPICION: _suspicion,
    "@mobile": _number("mobile"),
    "@id": _number("id"),
    "@card": _number("card"),
}
