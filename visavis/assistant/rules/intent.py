"""What a client's message wants. The grave case is advice on a given security: only a registered advisor may give it.

Sources: Securities Law art. 160 and the rules on stock-picking software of 2012 (advice needs a
licence); rule AI-01. The detector would rather hand over one question too many than judge one
security. Instructions inside a message change nothing: nothing here, and nothing behind it, follows
words of the client.
"""

import re
import unicodedata

from visavis.assistant.types import Intent

# A security named by code, by the form of a fund's name, by sector or index, or pointed at.
CODE = re.compile(
    r"(?<![\d.])(?:00|01|15|16|20|30|43|51|56|58|60|68|83|87|90|92|11|12)\d{4}(?![\d.])"
)
NAMED = re.compile(
    r"[一-鿿]{2,}(?:混合|联接|优选|精选|蓝筹|增强|量化|纯债|短债|添利|增利|双利|稳健回报|证券投资基金"
    r"|(?:债券|股票|指数|成长|配置|主题|回报)(?:型|混合|基金|[a-e](?![a-z])))"
    r"|[一-鿿]{2,}(?<!场内)(?<!场外)(?<!什么)(?<!跨境)(?<!货币)(?:etf|lof|fof|qdii)[a-e](?![a-z])"
)
# Names that funds of the well-known companies begin with.
COMPANY = re.compile(
    r"易方达|华夏|南方[一-鿿]{2}|嘉实|博时|广发|富国|汇添富|招商[一-鿿]{2}|工银|建信|中银|中欧|景顺|兴全|天弘|华安|国泰|鹏华|大成|银华|诺安|"
    r"华宝|长城[一-鿿]{2}|长信|万家[一-鿿]{2}|交银|浦银|前海开源|农银|海富通|国投瑞银|永赢|财通|银河[一-鿿]{2}|中海|上投|平安[一-鿿]{2}|"
    r"泓德|睿远|德邦|创金|国联安|国寿|泰康|申万|东证|金鹰"
)
SECTOR = re.compile(
    r"白酒|半导体|芯片|新能源|光伏|医药|医疗|军工|券商股|银行股|地产|房地产|煤炭|钢铁|有色|稀土|锂电|"
    r"储能|人工智能|科技股|科技板块|"
    r"消费板块|农业板块|游戏板块|传媒|基建|电力|水泥|黄金|原油|港股|美股|a股|大盘|股市|沪指|上证|深证|"
    r"创业板指|科创50|沪深300|"
    r"中证\d+|上证50|恒生|纳斯达克|纳指|标普|道琼斯|中概|板块|债市|可转债市场|比特币|茅台|宁德时代|"
    r"比亚迪|腾讯|阿里"
)
DEICTIC = re.compile(
    r"这只|这支|这个什么时候[买卖]|那只|那支|这个基金|那个基金|这基金|这票|那票|这个票|这几只|那几只|"
    r"这些基金|这个产品|那个产品|这款|"
    r"我(?:现在|目前|手上|手里|持有|买|现有|的|那|这)*(?:的)?(?:几只|几个|一些|那个|这个)?(?:基金|股票|"
    r"票|持仓|仓位|组合|债基|产品)|"
    r"手里的|手上的|持有的基金|现有的基金|哪只|哪支|哪个基金|哪些基金|哪个股票|哪些股票|什么基金|"
    r"什么股票|啥基金|啥股票"
)
ACT = re.compile(
    r"买|卖|抛|加仓|减仓|清仓|补仓|建仓|满仓|赎回|持有|拿着|拿住|割肉|止盈|止损|抄底|上车|入手|入场|进场|"
    r"进吗|出货|出掉|出吗|撤|转换|换成|"
    r"换到|转到|调仓|定投|投吗|操作|配置|减持|增持|留着|处理"
)
ASK = re.compile(
    r"要不要|该不该|应不应该|应该|是否|能不能|可不可以|可以.{0,12}[吗么嘛?？]|能.{0,8}[吗么嘛?？]|"
    r"要.{0,8}[吗么嘛?？]|合适|适合|适不适|值得|划算|"
    r"好不好|好吗|行吗|怎么操作|怎么办|怎么处理|建议|帮我看|帮忙看|看一下|分析|指教|指点|请教|取经|"
    r"多久合适|什么时候(?:买|卖|出|抛|入)|"
    r"(?:买|卖|赎|投|换|仓|抛|出|持有|入手)[了掉]*[吗么嘛]|[?？]\s*$"
)
OPINION = re.compile(
    r"怎么看|怎么样|咋样|如何看|看好|后市|走势|前景|行情|会涨|会跌|还会.{0,3}[涨跌]|要涨|要跌|涨不涨|"
    r"能涨|还能涨|见底|筑底|底部|"
    r"高点|低点|到底了|目标价|能到多少|预测|诊断|评测|估值|潜力|机会|利好|利空|靠谱吗|安全吗|稳吗|稳不稳|"
    r"爆雷|暴雷|有什么建议|"
    r"怎么了|为什么.{0,6}(?:跌|涨)|一直跌|跌了|涨了"
)
RECOMMEND = re.compile(
    r"推荐|有哪些.{0,4}(?:基金|股票|标的)|(?:基金|股票)标的|买什么好|买啥好|买哪|选哪|"
    r"哪[只支个些].{0,8}(?:好|可以买|值得|适合|能买)|有什么好的?(?:基金|股票|产品)|荐股|荐基|"
    r"(?:介绍|来)(?:几|一|个|只|点).{0,8}(?:基金|股票|票|产品|稳)"
)
HOLDING = re.compile(r"股票|基金|持仓|仓位|转债|债基|票")
# No talk of rules around it makes this a question of procedure.
PLAINLY = re.compile(
    r"要不要.{0,4}[买卖赎持拿留换加减抛清]|该不该|应不应该|[买卖]不[买卖]|(?:现在|还)(?:能|可以).{0,2}[买卖拿][吗么]|值得[买入持]"
)
# Somebody's own deed or plan, put up for approval.
APPROVAL = re.compile(
    r"您觉得|你觉得|您认为|你认为|行吗|对么|对吗|这样合适|合是吗|取取?经|指点|指教|帮我分析|帮忙分析|"
    r"有必要|该.{0,4}(?:卖|买|换)|不知道.{0,6}操作|"
    r"怎么样\s*呢?[?？]?$|看看.{0,8}(?:票|基金|持仓).{0,6}调整"
)
# A bare topic of the news: the market's course is not ours to tell.
NEWS = re.compile(r"^.{1,12}(?:行情|最新资讯|最新消息|走势|后市|净值|估值|涨跌|分析)[?？。]?$")
# How, when, where, how much, what is: questions of procedure, unless an opinion is asked as well.
PROCEDURE = re.compile(
    r"怎么(?:开|办|买|卖|转|取|查|算|收|设|改|填|交|撤|打|看到|赎回|申购|定投|提)|如何(?:开|办|转|取|查|"
    r"算|设|改|申购|赎回|撤)|"
    r"多久(?:到|能|可)|几天|几点|什么时候(?:到账|确认|可以取|能取|开放|到期|扣)|手续费|费率|费用|权限|"
    r"条件|门槛|规则|流程|在哪|哪里|什么是|"
    r"是什么意思|什么意思|有什么区别|区别|有什么不同|限购|限额|到账|确认|密码|开户|销户|"
    r"为什么.{0,8}(?:限|不能买|买不了|不能卖|卖不了)|"
    r"过户|继承|担保[品物]|按哪天|哪天的|不一样|像股票一样|从哪|净值是多少|代码|几号"
)

EN_ACT = re.compile(
    r"\b(?:buy|sell|hold|dump|redeem|switch|add to|get out|get into|invest in|short|keep|exit|enter)\b"
)
EN_ASK = re.compile(
    r"\b(?:should i|shall i|is it (?:a )?(?:good|right|worth|time|wise)|would you|do you (?:think|"
    r"recommend|suggest)|"
    r"worth|good time|recommend\w*|suggest\w*|advise|your opinion|what do you think|which \w+ (?:should|"
    r"is best|are best))\b"
)
EN_OPINION = re.compile(
    r"\b(?:outlook|forecast|predict\w*|go(?:ing)? (?:up|down)|rise|fall|rally|crash|bottom|target price|"
    r"undervalued|"
    r"overvalued|prospects?)\b"
)
EN_OBJECT = re.compile(
    r"\b(?:this|that|my|these|which|any|some|a few|good) (?:\w+ )?(?:stocks?|shares?|funds?|etfs?|"
    r"holdings?|positions?|bonds?|"
    r"sectors?)\b|\b(?:tesla|apple|nvidia|moutai|tencent|alibaba|byd|nasdaq|s&p|semiconductors?|chips?|"
    r"liquor|pharma|gold|"
    r"bitcoin|the market|stock market|market)\b|\b\d{6}\b"
)
EN_RECOMMEND = re.compile(
    r"\b(?:recommend|suggest|pick)\b.{0,30}\b(?:stocks?|funds?|etfs?|shares?|bonds?|something|one|products?)\b|"
    r"\bwhat (?:should|shall|can) i (?:buy|invest)|\b(?:best|top|good) (?:stocks?|funds?|etfs?)\b|"
    r"\bwhich (?:\w+ )?(?:stocks?|funds?|etfs?)\b"
)
EN_PROCEDURE = re.compile(
    r"\bhow (?:do|can|to|long|much|many)\b|\bwhat is\b|\bwhat are\b|\bwhen (?:can|will|do|does)\b|"
    r"\bwhere\b|\bfees?\b|\bdifference\b"
)

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
    named = CODE.search(plain) or NAMED.search(plain) or NEWS.match(plain)
    return bool(named) and not PROCEDURE.search(plain)


def _chinese(plain: str) -> bool:
    named = bool(CODE.search(plain) or NAMED.search(plain))
    pointed = bool(SECTOR.search(plain) or DEICTIC.search(plain) or COMPANY.search(plain))
    opinion = bool(OPINION.search(plain))
    if RECOMMEND.search(plain):
        return True
    if opinion and (named or pointed) and not _wants_definition(plain):
        return True
    about = named or pointed
    if (about or HOLDING.search(plain)) and PLAINLY.search(plain):
        return True
    if PROCEDURE.search(plain):
        return False
    asks = bool(APPROVAL.search(plain)) or (about and bool(ASK.search(plain)))
    return asks and bool(ACT.search(plain))


def _english(plain: str) -> bool:
    if EN_RECOMMEND.search(plain):
        return True
    about = bool(EN_OBJECT.search(plain))
    if EN_PROCEDURE.search(plain):
        return False
    if EN_OPINION.search(plain) and about:
        return True
    return bool(EN_ASK.search(plain)) and bool(EN_ACT.search(plain)) and about


def _wants_definition(plain: str) -> bool:
    """Whether the message asks what something is or how to recognise it."""
    return bool(
        re.search(
            r"什么是|是什么|什么意思|怎么识别|如何识别|怎么防|如何防|区别|\bwhat is\b|\bhow (?:do|"
            r"can) i (?:spot|recogni[sz]e|avoid)",
            plain,
        )
    )
