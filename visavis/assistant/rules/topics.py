"""Which topic a question belongs to, and which capability it needs from whoever answers it."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from visavis.assistant.rules.intent import intent
from visavis.assistant.types import Classification, Intent
from visavis.identity.types import Need, Topic

# Telling words, weighed; where two topics tie, the earlier one in this table wins.
TELLING: Mapping[Topic, Mapping[str, float]] = {
    Topic.COMPLAINT: {
        "投诉": 3, "举报": 2, "纠纷": 3, "调解": 3, "赔偿": 2, "12386": 3, "complain": 3,
        "mediation": 3, "dispute": 3, "compensat": 2,
    },
    Topic.SECURITY: {
        "被骗": 3, "诈骗": 3, "骗": 2, "验证码": 3, "盗": 2, "私人账户": 3, "个人账户": 1,
        "保本保收益": 2, "内幕": 2, "荐股": 2, "代客": 3, "隐私": 3, "个人信息": 3, "聊天记录": 3,
        "反洗钱": 3, "核验": 3, "登记编码": 3, "破产": 2, "倒闭": 2, "scam": 3, "fraud": 3,
        "otp": 3, "hacked": 3, "privacy": 3, "bankrupt": 2, "licensed": 2, "laundering": 3,
        "source of funds": 3,
    },
    Topic.MARGIN: {
        "融资": 3, "融券": 3, "两融": 3, "担保比例": 3, "追保": 3, "平仓": 2.5, "爆仓": 3,
        "保证金": 2, "信用账户": 3, "折算率": 3, "担保物": 3, "做空": 2, "margin": 3,
        "liquidat": 2, "collateral": 3, "borrow": 2, "short": 1.5,
    },
    Topic.IPO: {
        "新股": 3, "打新": 3.5, "中签": 3, "新债": 3.5, "弃购": 3, "ipo": 3, "allot": 2.5,
        "subscri": 1.5,
    },
    Topic.SUITABILITY: {
        "测评": 3, "问卷": 2.5, "适当性": 3, "风险等级": 3, "风险承受": 3, "c1": 2, "c2": 2,
        "c3": 2, "c4": 2, "c5": 2, "r1": 1.5, "r2": 1.5, "r3": 1.5, "r4": 1.5, "r5": 1.5,
        "双录": 3, "匹配": 2, "专业投资者": 3, "合格投资者": 3, "私募": 2.5, "保本": 1.5,
        "suitab": 3, "questionnaire": 2.5, "assessment": 2, "risk level": 3,
        "professional investor": 3, "profile": 1.5,
    },
    Topic.FEES: {
        "佣金": 3, "手续费": 2.5, "费率": 2, "印花税": 3, "过户费": 3, "红利税": 3, "扣税": 2.5,
        "收费": 2, "commission": 3, "stamp duty": 3, "fees": 2, "fee": 1.5, "tax": 2,
        "charge": 1.5,
    },
    Topic.BOND: {
        "逆回购": 3.5, "国债": 2, "可转债": 3, "转债": 2, "公司债": 3, "收益凭证": 3, "债券": 1.5,
        "repo": 3, "bond": 1.5, "convertible": 3, "treasury": 2,
    },
    Topic.FUND: {
        "基金": 2, "赎回": 2, "申购": 1.5, "定投": 2.5, "净值": 2, "etf": 2, "lof": 2, "qdii": 2.5,
        "fof": 2.5, "债基": 2.5, "货基": 2.5, "基民": 2, "持有期": 1.5, "封闭期": 2, "a类": 1.5,
        "c类": 1.5, "混合": 1.5, "联接": 2, "fund": 2, "redemption": 2, "redeem": 2, "nav": 2,
    },
    Topic.PLANNING: {
        "资产配置": 3, "配置": 1.2, "养老": 3, "教育金": 3, "退休": 3, "孩子": 1.5, "规划": 2.5,
        "复利": 2.5, "最大回撤": 3, "夏普": 3, "市盈率": 3, "市净率": 3, "分散": 2, "黄金": 1.5,
        "大跌": 1.5, "亏": 1, "期货": 2, "量化": 2, "指数": 1, "理财": 0.8, "allocation": 3,
        "retire": 3, "pension": 3, "diversif": 3, "drawdown": 3, "sharpe": 3, "college": 2,
        "education": 2, "gold": 1.5, "futures": 2, "quant": 2,
    },
    Topic.TRADING: {
        "交易时间": 3, "撤单": 3, "委托": 2, "废单": 3, "涨停": 2, "跌停": 2, "涨跌幅": 3,
        "停牌": 3, "退市": 3, "st": 1, "创业板": 2.5, "科创板": 2.5, "北交所": 2.5, "港股通": 2.5,
        "期权": 2.5, "开盘": 2, "收盘": 1.5, "t+1": 3, "t+0": 2, "挂单": 2.5, "行情": 1,
        "level": 1, "除权": 3, "配股": 3, "股票": 0.8, "板块": 0.8, "reits": 2.5, "order": 2,
        "price limit": 3, "suspend": 2.5, "delist": 3, "chinext": 2.5, "star market": 2.5,
        "option": 2, "stock connect": 2.5, "market open": 2, "stock": 0.8, "sell": 0.5, "buy": 0.5,
    },
    Topic.APP: {
        "闪退": 3, "打不开": 3, "登录不上": 2.5, "登不": 2, "app": 2, "软件": 1.5, "推送": 3,
        "提醒": 2, "自选": 3, "升级": 2, "维护": 2, "新手机": 2, "换了个手机": 2.5, "页面": 1,
        "crash": 3, "log in": 2, "notification": 3, "push": 2, "watch list": 3, "alert": 2,
        "system down": 3,
    },
    Topic.ACCOUNT: {
        "开户": 3, "销户": 3, "账户": 1.5, "密码": 2.5, "银行卡": 2, "银证": 3, "转账": 1.5,
        "取出": 2, "提现": 2.5, "存管": 3, "身份证": 2.5, "手机号": 2.5, "对账单": 3, "交割单": 3,
        "转户": 3, "继承": 3, "过户": 1, "冻结": 2.5, "到账": 1, "清算": 2, "成本价": 2.5,
        "休眠": 3, "account": 1.5, "password": 2.5, "bank": 2, "transfer": 1.5, "withdraw": 2.5,
        "statement": 2.5, "inherit": 3, "frozen": 2.5, "identity card": 2, "id card": 2,
    },
}  # fmt: skip

ADVICE_OF = {Topic.FUND: Need.ADVISE_FUND, Topic.MARGIN: Need.ADVISE_MARGIN}
TELLS = 3.0  # one telling word
JUDGEMENT = frozenset({Intent.ADVICE, Intent.PRODUCT})
# Nobody is advised about these: such a question is about the market.
UNADVISED = frozenset({Topic.OTHER, Topic.APP, Topic.ACCOUNT})
# Topics in which even an explanation comes from somebody registered to advise, at this need.
ALWAYS = {Topic.MARGIN: Need.ADVISE_MARGIN, Topic.PLANNING: Need.ADVISE}


def topic_of(text: str, context: Mapping[str, Any] | None = None) -> tuple[Topic, float]:
    """The topic with the most telling words, and its weight; the page counts half, and decides
    where words do not.
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    page = unicodedata.normalize(
        "NFKC", " ".join(str((context or {}).get(key, "")) for key in ("title", "product", "url"))
    ).casefold()
    best, weight = Topic.OTHER, 0.0
    for topic, words in TELLING.items():
        found = sum(
            value * (1.0 if _holds(plain, word) else 0.5 if _holds(page, word) else 0.0)
            for word, value in words.items()
        )
        if found > weight:
            best, weight = topic, found
    return best, weight


def classified(
    text: str,
    context: Mapping[str, Any] | None = None,
    known: Topic | None = None,
    *,
    surely: bool = True,
) -> Classification:
    """Topic and need of a question; `known` is the topic of an entry that was found for it, more or
    less `surely`; where not, plain words come first.
    """
    wanted = intent(text)
    topic, weight = topic_of(text, context)
    if wanted is Intent.DISTRESS:
        topic = Topic.SECURITY
    elif wanted in JUDGEMENT:
        topic = Topic.TRADING if topic in UNADVISED else topic
    elif known is not None and (surely or weight < TELLS):
        topic = known
    return Classification(topic, need_of(topic, wanted), wanted)


def need_of(topic: Topic, wanted: Intent) -> Need:
    """The capability that a person must have to answer (LIC-01 for advice, LIC-04 for the rest)."""
    if wanted in JUDGEMENT:
        return ADVICE_OF.get(topic, Need.ADVISE)
    return ALWAYS.get(topic, Need.SERVE)


def _holds(text: str, word: str) -> bool:
    if word.isascii() and word[0].isalpha():
        return re.search(rf"(?<![a-z0-9]){re.escape(word)}", text) is not None
    return word in text
