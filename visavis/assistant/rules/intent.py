"""What a client's message wants. The grave case is advice on a given security: only a registered advisor may give it.

Sources: Securities Law art. 160 and the rules on stock-picking software of 2012 (advice needs a
licence); rule AI-01. The detector would rather hand over one question too many than judge one
security. Instructions inside a message change nothing: nothing here, and nothing behind it, follows
words of the client.
"""

import re
import unicodedata

from visavis.assistant.rules import chinese, english
from visavis.assistant.types import Intent

PERSON = re.compile(
    r"转人工|人工客服|人工服务|找人工|要人工|真人客服|转真人|找真人|接人工|找(?:个|一个|位|一位)?(?:顾问|"
    r"投顾|客服|客户经理|人)(?:聊|说|谈|问|帮)|"
    r"(?:联系|转接|转给)(?:我的|一下|个|一位)?(?:顾问|投顾|客户经理|人工)|^人工$|^客服$|"
    r"\b(?:talk|speak|chat) (?:to|with) (?:a |an |my |the )?(?:person|human|advisor|adviser|agent|"
    r"someone|somebody|representative)\b|"
    r"\b(?:real|live) (?:person|human|agent)\b|\bhuman please\b|^(?:human|agent|person)$"
)
IDENTITY = re.compile(
    r"你是(?:真人|人|机器|机器人|ai|谁|人工|真的人)|是不是(?:机器|机器人|真人|ai)|你叫什么|"
    r"\bare you (?:a |an )?(?:bot|robot|human|real|machine|person|ai|real person)\b|\bwho are you\b|"
    r"\bwhat are you\b"
)
COURTESY = re.compile(
    r"^(?:你好|您好|在吗|在么|哈喽|嗨|早上好|下午好|晚上好|谢谢|谢谢您|谢谢你|多谢|感谢|好的|好|嗯|嗯嗯|"
    r"明白|明白了|知道了|收到|再见|拜拜|ok|"
    r"hello|hi|hey|thanks|thank you|good morning|good afternoon|good evening|bye|okay|got it|"
    r"great)[!！。.~,，\s谢了啊哦的]*$"
)
DISTRESS = re.compile(
    r"被骗|上当|诈骗|骗子|被盗|盗刷|私人账户|个人账户.{0,6}(?:转|打|汇)|(?:转|打|汇).{0,8}(?:私人|个人|"
    r"他自己|她自己|自己的)(?:账户|卡|账号|的卡)|"
    r"(?:要|索要|问我要).{0,4}(?:密码|验证码)|自己卡上|"
    r"\b(?:scam\w*|defraud\w*|fraud\w*|hacked|stolen)\b|\b(?:personal|private|own|his|"
    r"her) (?:own )?account\b.{0,20}|"
    r"\basked (?:me )?for my (?:password|pin|otp|code)\b"
)


def intent(text: str) -> Intent:
    """What the message wants; the first that applies of person, identity, distress, courtesy,
    advice, question.
    """
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    if PERSON.search(plain):
        return Intent.PERSON
    if IDENTITY.search(plain):
        return Intent.IDENTITY
    if DISTRESS.search(plain) and not _wants_definition(plain):
        return Intent.DISTRESS
    if COURTESY.match(plain):
        return Intent.COURTESY
    if wants_advice(plain):
        return Intent.ADVICE
    return Intent.PRODUCT if names_security(plain) else Intent.QUESTION


def wants_advice(plain: str) -> bool:
    """Whether the message asks for a judgement on a security, a sector or the market; `plain` is
    folded.
    """
    return _chinese(plain) or _english(plain)


def names_security(plain: str) -> bool:
    """Whether the message is about a given security or the market's course, and not about a
    procedure.
    """
    named = chinese.CODE.search(plain) or chinese.NAMED.search(plain) or chinese.NEWS.match(plain)
    return bool(named) and not chinese.PROCEDURE.search(plain)


def _chinese(plain: str) -> bool:
    named = bool(chinese.CODE.search(plain) or chinese.NAMED.search(plain))
    pointed = bool(
        chinese.SECTOR.search(plain)
        or chinese.DEICTIC.search(plain)
        or chinese.COMPANY.search(plain)
    )
    opinion = bool(chinese.OPINION.search(plain))
    if chinese.RECOMMEND.search(plain):
        return True
    if opinion and (named or pointed) and not _wants_definition(plain):
        return True
    about = named or pointed
    if (about or chinese.HOLDING.search(plain)) and chinese.PLAINLY.search(plain):
        return True
    if chinese.PROCEDURE.search(plain):
        return False
    asks = bool(chinese.APPROVAL.search(plain)) or (about and bool(chinese.ASK.search(plain)))
    return asks and bool(chinese.ACT.search(plain))


def _english(plain: str) -> bool:
    if english.RECOMMEND.search(plain):
        return True
    about = bool(english.OBJECT.search(plain))
    if english.PROCEDURE.search(plain):
        return False
    if english.OPINION.search(plain) and about:
        return True
    return bool(english.ASK.search(plain)) and bool(english.ACT.search(plain)) and about


def _wants_definition(plain: str) -> bool:
    """Whether the message asks what something is or how to recognise it."""
    return bool(
        re.search(
            r"什么是|是什么|什么意思|怎么识别|如何识别|怎么防|如何防|区别|\bwhat is\b|\bhow (?:do|"
            r"can) i (?:spot|recogni[sz]e|avoid)",
            plain,
        )
    )
