"""Which way a text advises on which instrument; contradictory advice is alerted (COMM-02).

Source: the interim measures on securities and futures investment consulting (1997), article 25: no differing advice on
one matter to different clients in the same period. An instrument is a six-digit code, one of Hong Kong or a ticker, or
the name that stands beside the verb; the stance is read in the same clause, denials turn it round or take it away.
"""

import re
import unicodedata
from dataclasses import dataclass

CODE = re.compile(r"(?<![0-9])[0-9]{6}(?![0-9])")
HONG_KONG = re.compile(
    r"(?<![0-9])0{0,2}([0-9]{3,4})\.HK\b|\bHK0{0,2}([0-9]{3,4})(?![0-9])", re.IGNORECASE
)
HELD = re.compile("HK[0-9]{5}")
TICKER = re.compile(
    r"\$([A-Z]{1,5})\b|\b(?:[Bb]uy|[Ss]ell|[Aa]ccumulate|[Ee]xit|[Rr]educe) ([A-Z]{2,5})\b"
)
HAN = "\u4e00-\u9fff"
# A name stands right behind the verb, or opens the clause in front of it: 买入贵州茅台, 贵州茅台可以卖出.
BEHIND = re.compile(
    rf"(?:买入|买进|加仓|建仓|增持|申购|抄底|卖出|卖掉|减仓|清仓|减持|赎回)([{HAN}]{{3,6}}?)(?:[吧了的]?$|股票)"
)
BEFORE = re.compile(
    rf"^([{HAN}]{{3,6}}?)(?:建议|可以|可|先|现在|今天|这里|应该|考虑|继续|逢低|逢高|不建议|不宜|我倾向于?)*"
    "(?:买入|买进|加仓|建仓|增持|申购|抄底|卖出|卖掉|减仓|清仓|减持|赎回)"
)
# Words that name no instrument.
COMMON = re.compile(
    "[我您你他她它这那哪该某]|股票|基金|产品|债券|部分|全部|一些|一点|一半|两成|三成|价格|金额|时间|数量|委托|"
    "成交|之后|之前|以后|以前|资金|手续|费用|操作|建议|可以|现在|今天|明天|昨天|倾向|考虑|应该|如果|什么|怎么|"
    "分批|及时|继续|逐步|逢|先|再|已经|仓位|大盘|市场|客户|规则|流程|条件|银行"
)
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
    for clause in CLAUSE.split(HONG_KONG.sub(_hong_kong, unicodedata.normalize("NFKC", text))):
        named = _named(clause) or named
        buys, sells = bool(BUY.search(clause)), bool(SELL.search(clause))
        if not named or buys == sells or ASKS.search(clause):
            continue
        way = 1 if buys else -1
        if NOT.search(clause):
            way = -way
        found |= {Stance(one, way, reasoned) for one in named}
    return frozenset(found)


def _named(clause: str) -> list[str]:
    """The instruments that a clause names, each in one form."""
    found = CODE.findall(clause)
    found += HELD.findall(clause)
    found += [left or right for left, right in TICKER.findall(clause)]
    if not found:
        names = [*BEHIND.findall(clause), *BEFORE.findall(clause)]
        found = [name for name in names if not COMMON.search(name)]
    return found


def _hong_kong(match: re.Match[str]) -> str:
    """A code of Hong Kong in one form, without the point that would end a clause."""
    return f"HK{int(match[1] or match[2]):05}"
