"""Views of a text in which disguised words look alike, and the way back to the original.

A view is the text with each character folded on its own (NFKC, lower case, no accents or invisible
characters, traditional to simplified), so a place in a view can be led back to the original by
adding up lengths. Words of the pack go through the same folding. Sources of the disguises: zero-
width, full-width and circled forms, separators inside words.
"""

import unicodedata
from collections.abc import Callable

# The characters that occur in the pack's words and around them; a complete conversion table can
# take this one's place.
TRADITIONAL = (
    "證券內線穩賺賠資產專業顧問帳戶賬號碼轉錢銀匯款單開戶買賣漲跌幣獲報酬利潤虧損貸務協議約"
    "簽訂詢電話訊聯繫絡員業績價預測術語險風評級測試勸導騙詐欺誘動員頭賞禮費傭國債經紀機構規則"
    "說講聽讀寫記錄刪除歸還擔責任負義團隊進羣組織盤點倉庫數據圖書館實際虛擬網頁絕對確認無須應該"
    "讓請謝謝們這裡裏個體會議員錯過時間長遠東西紅綠紙張筆畫樣張舊優質選擇導師學習練靈與從來個"
    "為爲並發髮補償給處幫辦層關係傳達廣告視頻執照離職辭換種類於後現當將麼嗎夠見覺觀變讚賛單獨勝敗"
    "帶領購減滿斷強紹鎖屜雙錄應戰陣殺賊億萬兩圓點條統權衝擊圍繞養聰慧綜詳細節標準獎勵齊劃"
)
SIMPLIFIED = (
    "证券内线稳赚赔资产专业顾问帐户账号码转钱银汇款单开户买卖涨跌币获报酬利润亏损贷务协议约"
    "签订询电话讯联系络员业绩价预测术语险风评级测试劝导骗诈欺诱动员头赏礼费佣国债经纪机构规则"
    "说讲听读写记录删除归还担责任负义团队进群组织盘点仓库数据图书馆实际虚拟网页绝对确认无须应该"
    "让请谢谢们这里里个体会议员错过时间长远东西红绿纸张笔画样张旧优质选择导师学习练灵与从来个"
    "为为并发发补偿给处帮办层关系传达广告视频执照离职辞换种类于后现当将么吗够见觉观变赞赞单独胜败"
    "带领购减满断强绍锁屉双录应战阵杀贼亿万两圆点条统权冲击围绕养聪慧综详细节标准奖励齐划"
)
# Pictures and look-alikes that stand for a character of a word.
STAND_INS = {
    "➕": "加", "❤": "信", "♥": "信", "💗": "信", "💕": "信", "💰": "钱",
    "🐧": "qq", "✈": "tg", "📞": "电话", "☎": "电话",
    "夲": "本", "収": "收", "溢": "益", "㊙": "秘", "蕞": "最", "朂": "最", "璀": "催",
    "’": "'", "‘": "'", "´": "'", "`": "'", "–": "-", "—": "-", "−": "-",
}  # fmt: skip
VARIANTS = dict(zip(TRADITIONAL, SIMPLIFIED, strict=True)) | STAND_INS

# Kept in every view: where one clause ends and the next begins.
CLAUSE_ENDS = frozenset(",，。.;；!！?？、\n:：|")
QUOTES = frozenset("“”\"'「」『』《》（）()[]【】")
# Unicode categories without a body of their own: format, unassigned, non-spacing and enclosing
# marks, surrogates.
INVISIBLE = frozenset({"Cf", "Cn", "Mn", "Me", "Cs", "Cc", "Co"})


class View(dict[int, str]):
    """A folding table for `str.translate` that fills itself: code point -> what it becomes."""

    def __init__(self, fold_one: Callable[[str], str]) -> None:
        super().__init__()
        self._fold_one = fold_one

    def __missing__(self, code: int) -> str:
        folded = self[code] = self._fold_one(chr(code))
        return folded

    def of(self, text: str) -> str:
        """The view of `text`."""
        return text.translate(self)

    def origin(self, text: str, start: int, end: int) -> tuple[int, int]:
        """The part of `text` that became [start, end) of its view, as UTF-16 offsets."""
        seen = units = 0
        first: int | None = None
        last = 0
        for char in text:
            folded = len(self[ord(char)])
            width = 2 if ord(char) > 0xFFFF else 1
            if folded and seen < end and seen + folded > start:
                first = units if first is None else first
                last = units + width
            seen += folded
            units += width
        return (first or 0, last)


def fold(char: str) -> str:
    """One character without its disguise; empty where it has no body."""
    if char == "\n":
        return char
    if unicodedata.category(char) in INVISIBLE:
        return ""
    if char in VARIANTS:
        return VARIANTS[char]
    # Decompose for accents, compose for the rest: half-width kana and Hangul stay whole.
    plain = "".join(
        part
        for part in unicodedata.normalize("NFKD", char)
        if unicodedata.category(part) not in INVISIBLE
    )
    return "".join(VARIANTS.get(part, part) for part in plain.casefold())


def _spoken(char: str) -> str:
    """English: words keep their spaces; a hyphen is one."""
    folded = fold(char)
    if folded.strip() != folded or folded in {"-", "_", "/"}:
        return " " if folded != "\n" else folded
    return folded


def _squeezed(char: str) -> str:
    """Chinese: whatever stands between two characters of a word is gone; clause ends stay."""
    folded = fold(char)
    if folded in CLAUSE_ENDS or folded in QUOTES:
        return folded
    return "".join(part for part in folded if part.isalnum() or part in {"%", "+"})


SPOKEN = View(_spoken)
SQUEEZED = View(_squeezed)
