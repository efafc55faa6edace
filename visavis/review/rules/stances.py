"""Which way a text advises on which instrument; contradictory advice is alerted (COMM-02).

Source: the interim measures on securities and futures investment consulting (1997), article 25: no differing advice on
one matter to different clients in the same period. An instrument is a six-digit code; the stance is read in the same
clause, denials turn it round or take it away.
"""

import re
import unicodedata
from dataclasses import dataclass

CODE = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")
CLAUSE = re.compile(r"[，。！？；,.!?;\n]+")
BUY = re.compile(
    r"买入|买进|加仓|建仓|增持|申购|抄底|\bbuy\b|\badd to\b|\baccumulate\b", re.IGNORECASE
)
SELL = re.compile(
    r"卖出|卖掉|减仓|清仓|减持|赎回|离场|止损|\bsell\b|\breduce\b|\bexit\b", re.IGNORECASE
)
NOT = re.compile(
    r"不建议|不要|别|勿|不宜|不推荐|\bdo not\b|\bdon't\b|\bnot\b|\bnever\b", re.IGNORECASE
)
WHY = re.compile(r"因为|由于|鉴于|理由是|\bbecause\b|\bdue to\b|\bgiven that\b", re.IGNORECASE)
ASKS = re.compile(r"[吗呢么]\s*$|是否|要不要|\bshould\b.*\?$", re.IGNORECASE)


@dataclass(frozen=True)
class Stance:
    """One instrument and which way the advice goes: 1 buy, -1 sell; `reasoned` where the text says why."""

    instrument: str
    way: int
    reasoned: bool = False


def stances(text: str) -> frozenset[Stance]:
    """What the text advises, by instrument; a clause without a code speaks about the last one named."""
    found: set[Stance] = set()
    named: list[str] = []
    reasoned = bool(WHY.search(text))
    for clause in CLAUSE.split(unicodedata.normalize("NFKC", text)):
        named = CODE.findall(clause) or named
        buys, sells = bool(BUY.search(clause)), bool(SELL.search(clause))
        if not named or buys == sells or ASKS.search(clause):
            continue
        way = 1 if buys else -1
        if NOT.search(clause):
            way = -way
        found |= {Stance(one, way, reasoned) for one in named}
    return frozenset(found)
