"""Characters taken apart into what they are made of, and put together again."""

import re

# A character written as its parts: 讠正 for 证, 力口 for 加.
PARTS = {
    "讠正": "证", "讠兑": "说", "讠平": "评", "讠舌": "话", "讠人": "认", "讠若": "诺", "亻言": "信", "人言": "信",
    "亻呆": "保", "亻弋": "代", "亻介": "价", "亻也": "他", "亻专": "传", "亻尔": "你", "木又": "权", "木目": "相",
    "力口": "加", "禾急": "稳", "禾刂": "利", "禾兑": "税", "贝兼": "赚", "贝兑": "赚", "贝曾": "赠", "贝丁": "贩",
    "月殳": "股", "车专": "转", "钅戋": "钱", "钅艮": "银", "氵张": "涨", "足失": "跌", "口巴": "吧", "口乞": "吃",
    "彳微": "微", "彳山王攵": "微", "氵肖": "消", "自心": "息", "女子": "好", "弓长": "张", "言周": "调",
    "走召": "超", "田各": "略", "冂人": "内", "门人": "内", "莫巾": "幕", "艹莫巾": "幕", "扌丸": "执", "扌立": "拉",
    "扌桑": "搡", "米且": "粗", "罒贝": "买", "乛头": "买", "十买": "卖", "士买": "卖", "刂乂": "收", "丩攵": "收",
    "丷皿": "益", "君羊": "群", "衣君": "裙", "王元": "玩", "田丁": "町", "石马": "码", "宀必山": "密",
}  # fmt: skip
SPLIT = re.compile("|".join(sorted(map(re.escape, PARTS), key=len, reverse=True)))
# Without one of these a text holds none of them: the first two characters of each.
RARE = re.compile(
    f"[{''.join(sorted({one[0] for one in PARTS}))}][{''.join(sorted({one[1] for one in PARTS}))}]"
)
