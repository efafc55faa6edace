"""Words of the search that are data: those that carry no meaning, and which everyday words mean an official one."""


def _set(listed: str) -> frozenset[str]:
    """The words of a text that lists them."""
    return frozenset(listed.split())


STOP_ZH = _set(
    """
    的 了 吗 呢 么 啊 吧 呀 嘛 哦 是 我 你 您 在 和 有 就 都 也 还 要 这 那 个 把 被 给 跟 与
    及 或 到 去 来 上 下 里 中 对 从 为 以 会 能 可以 怎么 怎样 什么 如何 咋 啥 哪 哪里 哪儿
    哪些 请问 一下 一个 想 问 说 请 呗 得 地 着 过 很 太 挺 最 多少 几 是不是 能不能 可不可以
    有没有 你们 我们 他们 她 他 它 自己 这个 那个 这样 那样 时候 现在 知道 告诉 帮 帮我 帮忙
    谢谢 您好 你好 需要 应该 觉得 东西 一些 有点 如果 但是 因为 所以 然后 而且 还是 已经 一直
    真的 到底 为何 为什么 为啥 怎么办 怎么样 怎么弄 办
    """
)
STOP_EN = _set(
    """
    a an the is are was were be been am do does did i my me we our us you your he his she her
    it its they their this that these those of in on at to for from by with as and or but if so
    than then what which who whom how when where why can could should would will shall may
    might must have has had not no any some there here please tell about into out up just very
    really get got want need like let im i'm i'd i've it's what's
    """
)

# Members of a line are one concept; the first names it. Only where everyday and official wording part.
CONCEPTS = """
佣金 手续费 交易费用 费率 commission
融资融券 两融 信用账户 margin
融资 借钱 借款 借券商
新股申购 打新 打新股 新股 ipo
可转债 转债 新债 打新债 convertible convertibles
国债逆回购 逆回购 repo
强制平仓 强平 爆仓 平仓 liquidation liquidated
追加担保物 追保 补仓线 补保证金
赎回 卖基金 卖掉基金 redeem redemption redeeming
申购 买基金 purchase subscribe subscription
到账 到帐 回来 收到 arrive arrival
取出 提现 提取 取现 提出来 取出来 提款 转出去 withdraw withdrawal withdrawn withdrawable cash-out
密码 口令 password passwords pin
忘记 忘了 忘光 想不起来 忘 forgot forgotten forget
手机号 手机号码 电话号码
注销 销户 关户 close cancel
投资顾问 投顾 顾问 advisor adviser
客户经理 经理 manager
离职 辞职 跳槽 走了 离开 quit resigned resign left leaves leave
更换 换 换个 换一个 变更 change switch
风险测评 测评 风测 问卷 风险问卷 风险评估 assessment questionnaire
过期 到期 失效 expired expire maturity matured
保本 不亏 不赔 不亏钱 guaranteed principal
亏损 亏 亏钱 赔钱 赔 亏惨 loss losses lose losing
诈骗 骗局 骗子 被骗 骗 scam fraud
投诉 举报 complaint complain complaints
验证码 短信码 code otp
分红 派息 红利 股息 dividend dividends
印花税 stamp
涨跌幅 涨停 跌停 涨跌停
停牌 suspended suspension halted
退市 摘牌 delisted delisting
撤单 撤销委托
废单 下单失败 委托失败 rejected reject
开户 开个户 开立 新开 open opening
权限 开通 permission access enable
基金 fund funds
股票 个股 stock stocks share shares
定投 自动买 regular automatic
封闭期 持有期 锁定期 holding
净值 nav
存管 三方存管 绑定银行卡 custody
银证转账 银转证 证转银 转账 transfer
继承 遗产 去世 过世 inherit inherited inheritance late
对账单 交割单 流水 statement statements confirmation
闪退 打不开 崩溃 crash crashing crashes
推送 通知 notification notifications push
人工 真人 客服 human person people
机器人 智能助手 bot robot machine
养老金 养老 退休 pension retirement
教育金 学费 上大学 education college
个人信息 隐私 privacy personal-data
聊天记录 对话 聊天 chat chats conversation conversations
冻结 frozen freeze
印鉴 印章
黄金 金条 gold
货币基金 货基 money-market
债券基金 债基 bond-fund
券商 证券公司 经纪商 broker brokerage
回撤 drawdown
市盈率 pe p/e
市净率 pb p/b
夏普比率 夏普率 夏普 sharpe
成本价 成本 cost
担保物 担保品 抵押品 collateral
私募 私募基金 private
科创板 688 star
创业板 300开头 chinext
北交所 北京证券交易所 beijing bse
港股通 港股 沪港通 深港通 hong-kong
期权 option options
限购 暂停申购
双录 录音录像 录像 recording video
佣金调整 降佣
""".strip()
