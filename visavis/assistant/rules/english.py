"""How English-speaking clients ask for a judgement, and how they ask for a procedure."""

import re

ACT = re.compile(
    r"\b(?:buy|sell|hold|dump|redeem|switch|add to|get out|get into|invest in|short|keep|exit|enter)\b"
)
ASK = re.compile(
    r"\b(?:should i|shall i|is it (?:a )?(?:good|right|worth|time|wise)|would you|do you (?:think|"
    r"recommend|suggest)|"
    r"worth|good time|recommend\w*|suggest\w*|advise|your opinion|what do you think|which \w+ (?:should|"
    r"is best|are best))\b"
)
OPINION = re.compile(
    r"\b(?:outlook|forecast|predict\w*|go(?:ing)? (?:up|down)|rise|fall|rally|crash|bottom|target price|"
    r"undervalued|"
    r"overvalued|prospects?)\b"
)
OBJECT = re.compile(
    r"\b(?:this|that|my|these|which|any|some|a few|good) (?:\w+ )?(?:stocks?|shares?|funds?|etfs?|"
    r"holdings?|positions?|bonds?|"
    r"sectors?)\b|\b(?:tesla|apple|nvidia|moutai|tencent|alibaba|byd|nasdaq|s&p|semiconductors?|chips?|"
    r"liquor|pharma|gold|"
    r"bitcoin|the market|stock market|market)\b|\b\d{6}\b"
)
RECOMMEND = re.compile(
    r"\b(?:recommend|suggest|pick)\b.{0,30}\b(?:stocks?|funds?|etfs?|shares?|bonds?|something|one|products?)\b|"
    r"\bwhat (?:should|shall|can) i (?:buy|invest)|\b(?:best|top|good) (?:stocks?|funds?|etfs?)\b|"
    r"\bwhich (?:\w+ )?(?:stocks?|funds?|etfs?)\b|\bbuy or (?:sell|hold)\b|\b(?:good|strong) buy\b|"
    r"\b(?:hot|stock) tips?\b|\bprice targets?\b|\bbuy (?:just |only )?one stock\b"
)
PROCEDURE = re.compile(
    r"\bhow (?:do|can|to|long|much|many)\b|\bwhat is\b|\bwhat are\b|\bwhen (?:can|will|do|does)\b|"
    r"\bwhere\b|\bfees?\b|\bdifference\b"
)
