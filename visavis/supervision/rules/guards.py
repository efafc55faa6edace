"""What turns a breach into its opposite: a negation before it in its clause, or a sentence that teaches or warns.

"不赔" and "不会亏" are promises although they negate: only what stands *before* the hit counts, never
what is inside it.
"""

import re

CLAUSE = re.compile(r"[,，。.;；!！?？\n:：|]")
SENTENCE = re.compile(r"[。!！?？\n]|\.(?=\s|$)")

# Words that look like a negation and are none.
NO_NEGATION = re.compile(
    r"不用担心|别担心|不要担心|不必担心|放心|不用怕|别怕|不瞒您说|不用想|别犹豫|不要犹豫|别错过|不要错过|不但|不仅|不只|不管|"
    r"不限|无论|不错|非常|除非|特别|个别|分别|级别|差别|区别|识别|别家|别人|告别|"
    r"don't worry|no worries|no doubt|not only|don't miss|do not miss|no problem|without (?:any )?doubt|why not"
)
NEGATION = re.compile(
    r"不|没|無|无|勿|别|未|莫|非|禁|拒绝|杜绝|谢绝|避免|"
    r"\b(?:not|no|never|none|nor|neither|cannot|without|unable|refuse[sd]?|nobody|avoid)\b|n't\b"
)
# The sentence speaks about the breach, and does not commit it.
EDUCATION = re.compile(
    r"警惕|谨防|防范|提防|当心|小心|骗局|诈骗|骗子|骗术|受骗|上当|违法|违规|违反|犯罪|非法|禁止|严禁|不得|不允许|不准|红线|"
    r"监管要求|处罚|被罚|罚款|警示函|举报|证监会令|《|法第|条规定|管理办法|"
    r"\b(?:beware|prohibit\w*|illegal|unlawful|forbidden|fraud\w*|scam\w*|violat\w*|not allowed|not permitted|"
    r"against the (?:rules|law)|fined|penalt\w*|report it|breach\w*|unlicensed people)\b"
)
QUESTION = re.compile(r"[?？]\s*$|(?:吗|么|呢|没有|吧)\s*$")

REACH = 24  # characters: how far a negation reaches within its clause


def clause(view: str, start: int, end: int) -> tuple[int, int]:
    """The clause of `view` around [start, end)."""
    first = 0
    for mark in CLAUSE.finditer(view, 0, start):
        first = mark.end()
    mark_after = CLAUSE.search(view, end)
    return first, mark_after.start() if mark_after else len(view)


def sentence(view: str, start: int, end: int) -> str:
    """The sentence of `view` around [start, end), its closing mark included."""
    first = 0
    for mark in SENTENCE.finditer(view, 0, start):
        first = mark.end()
    mark_after = SENTENCE.search(view, end)
    return view[first : mark_after.end() if mark_after else len(view)]


def negated(view: str, start: int, end: int) -> bool:
    """Whether a negation stands before the hit in its clause, within reach."""
    first, last = clause(view, start, end)
    before = NO_NEGATION.sub("", view[max(first, start - REACH) : start])
    if NEGATION.search(before):
        return True
    after = view[end:last]
    return bool(
        re.match(
            r"\s*(?:is|are|was|were)?\s*(?:not|never)\b|.{0,4}(?:不存在|是不可能的|不可信)", after
        )
    )


def teaches(view: str, start: int, end: int) -> bool:
    """Whether the sentence of the hit warns of it or names it as a breach."""
    return bool(EDUCATION.search(sentence(view, start, end)))


def asks(view: str, start: int, end: int) -> bool:
    """Whether the sentence of the hit is a question."""
    return bool(QUESTION.search(sentence(view, start, end)))


def parts(between: str) -> bool:
    """Whether the words between two atoms keep them from being one statement: a sentence ends, or
    it is denied.
    """
    return bool(SENTENCE.search(between) or NEGATION.search(NO_NEGATION.sub("", between)))
