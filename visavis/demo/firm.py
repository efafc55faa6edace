"""The fictional firm as data: branches, staff with licences, clients and the book that ties them. All invented."""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Office:
    """A branch office."""

    code: str
    name: str
    name_en: str
    region: str


@dataclass(frozen=True)
class Worker:
    """A member of staff; `licences` are (type, number, first day, last day)."""

    employee_no: str
    login: str
    name: str
    name_en: str
    roles: tuple[str, ...]
    branch: str
    code: str = ""
    languages: tuple[str, ...] = ("zh-CN",)
    topics: tuple[str, ...] = ()
    capacity: int = 4
    licences: tuple[tuple[str, str, str, str], ...] = ()
    account: bool = False  # shown on the demo site with password and one-time code
    page: str = "/desk/"
    environment: str = "real"


@dataclass(frozen=True)
class Customer:
    """A client of the broker; `kind` names the situation shown on the site's sign-in page, empty: not listed."""

    client_no: str
    name: str
    name_en: str
    language: str = "zh-CN"
    manager: str = ""
    met: bool = False
    kind: str = ""


OFFICES = (
    Office("HQ", "总部在线组", "Head office online", "全国"),
    Office("SZNS", "深圳南山营业部", "Shenzhen Nanshan", "华南"),
    Office("SHJA", "上海静安营业部", "Shanghai Jing'an", "华东"),
    Office("HZXH", "杭州西湖营业部", "Hangzhou Xihu", "华东"),
    Office("CDGX", "成都高新营业部", "Chengdu Gaoxin", "西南"),
    Office("WHGG", "武汉光谷营业部", "Wuhan Guanggu", "华中"),
)

FROM, TO = "2024-01-01", "2029-12-31"


def _advisory(code: str, *more: str) -> tuple[tuple[str, str, str, str], ...]:
    licences = [("securities", f"Q{code[1:]}", FROM, TO), ("advisory", code, FROM, TO)]
    return tuple(licences + [(kind, f"{kind[0].upper()}{code[1:]}", FROM, TO) for kind in more])


def _advisor(
    number: int, login: str, name: str, name_en: str, branch: str, topics: str, *more: str,
    languages: tuple[str, ...] = ("zh-CN",), account: bool = False, capacity: int = 4,
) -> Worker:  # fmt: skip
    code = f"S9990625{number:06d}"
    return Worker(
        f"E{number:05d}", login, name, name_en, ("advisor",), branch, code, languages,
        tuple(topics.split()), capacity, _advisory(code, *more), account,
    )  # fmt: skip


STAFF = (
    _advisor(30018, "lin", "林知远", "Lin Zhiyuan", "SZNS", "fund bond planning", "fund", "margin",
             languages=("zh-CN", "en"), account=True),
    _advisor(30026, "su", "苏敏", "Su Min", "SZNS", "margin trading fund", "fund", "margin", account=True),
    _advisor(30034, "carter", "沈嘉文", "Shen Jiawen", "HQ", "fund planning account", "fund",
             languages=("zh-CN", "en"), account=True, capacity=6),
    _advisor(30042, "qiao", "乔远", "Qiao Yuan", "HQ", "margin trading ipo", "fund", "margin"),
    _advisor(30050, "wen", "温雅", "Wen Ya", "HQ", "bond fund suitability", "fund"),
    _advisor(30068, "tang", "唐越", "Tang Yue", "SHJA", "fund planning", "fund", languages=("zh-CN", "en")),
    _advisor(30076, "yao", "姚启明", "Yao Qiming", "SHJA", "margin trading", "margin"),
    _advisor(30084, "jiang", "江若宁", "Jiang Ruoning", "HZXH", "fund bond", "fund"),
    _advisor(30092, "fan", "范立", "Fan Li", "HZXH", "account app fees", "fund"),
    _advisor(30109, "deng", "邓晓光", "Deng Xiaoguang", "CDGX", "margin fund", "fund", "margin"),
    _advisor(30117, "xiong", "熊婷", "Xiong Ting", "CDGX", "planning suitability", "fund"),
    _advisor(30125, "pei", "裴文", "Pei Wen", "WHGG", "trading ipo fees", "margin"),
    # His registration ran out: every pool must do without him, by itself.
    Worker("E30133", "du", "杜原", "Du Yuan", ("advisor",), "WHGG", "S9990625030133", ("zh-CN",), ("fund",), 4,
           (("securities", "Q9990625030133", FROM, TO), ("advisory", "S9990625030133", "2022-01-01", "2025-12-31"))),
    # Whoever tries the desk while the rehearsal plays: simulated people meet nobody else.
    Worker("E30214", "practice", "练习顾问", "Trainee", ("advisor",), "HQ", "S9990625030214", ("zh-CN", "en"),
           ("fund", "margin", "account", "trading"), 6, _advisory("S9990625030214", "fund", "margin"),
           account=True, environment="simulated"),
    Worker("E30141", "guo", "郭安", "Guo An", ("client_manager",), "SZNS", "S9990625030141", ("zh-CN",),
           ("account", "app", "fees"), 6, (("securities", "S9990625030141", FROM, TO),), account=True),
    Worker("E30158", "peng", "彭程", "Peng Cheng", ("broker_agent",), "WHGG", "A9990625030158", ("zh-CN",),
           ("account",), 4, (("agent", "A9990625030158", FROM, TO),), account=True),
    Worker("E30166", "luo", "罗伟", "Luo Wei", ("partner_staff",), "HQ", account=True),
    Worker("E30174", "shen", "沈静", "Shen Jing", ("supervisor",), "HQ", account=True, page="/console/"),
    Worker("E30182", "chen", "陈运", "Chen Yun", ("operator",), "HQ", account=True, page="/console/"),
    Worker("E30190", "gu", "顾文", "Gu Wen", ("editor",), "HQ", account=True, page="/console/"),
    Worker("E30207", "fang", "方宁", "Fang Ning", ("editor",), "HQ", account=True, page="/console/"),
    # What one supervisor has proposed or found grave, another decides on.
    Worker("E30230", "tan", "谭薇", "Tan Wei", ("supervisor",), "HQ", account=True, page="/console/"),
    Worker("E30222", "ning", "宁澄", "Ning Cheng", ("examiner",), "HQ", account=True, page="/console/archive"),
)  # fmt: skip

ADMINISTRATOR = Worker(
    "E30001", "admin", "何丽", "He Li", ("administrator",), "HQ", account=True, page="/console/"
)

LISTED = (
    Customer("C100001", "周敏", "Zhou Min", manager="E30018", met=True, kind="met"),
    Customer("C100002", "顾海", "Gu Hai", manager="E30026", kind="never"),
    Customer("C100003", "孟晓", "Meng Xiao", kind="none"),
    Customer("C100004", "Emily Carter", "Emily Carter", "en", "E30034", met=True, kind="english"),
    Customer("C100005", "吴建", "Wu Jian", manager="E30141", met=True, kind="manager"),
)

CUSTOMERS = 45
FAMILY = (
    ("程", "Cheng"), ("许", "Xu"), ("何", "He"), ("陆", "Lu"), ("魏", "Wei"), ("邹", "Zou"),
    ("钱", "Qian"), ("纪", "Ji"), ("蒋", "Jiang"), ("韩", "Han"), ("曹", "Cao"), ("董", "Dong"),
)  # fmt: skip
GIVEN = (
    ("建平", "Jianping"), ("晓岚", "Xiaolan"), ("志强", "Zhiqiang"), ("雨桐", "Yutong"),
    ("文博", "Wenbo"), ("思远", "Siyuan"), ("静怡", "Jingyi"), ("国栋", "Guodong"),
    ("佳宁", "Jianing"), ("海燕", "Haiyan"),
)  # fmt: skip


def customers() -> Iterator[Customer]:
    """The firm's clients in a fixed order; two in five were assigned a manager who never wrote."""
    yield from LISTED
    managers = [
        one.employee_no
        for one in STAFF
        if one.roles[0] in ("advisor", "client_manager") and one.environment == "real"
    ]
    for index in range(CUSTOMERS - len(LISTED)):
        family, family_en = FAMILY[index % len(FAMILY)]
        given, given_en = GIVEN[index % len(GIVEN)]
        yield Customer(
            f"C1001{index:02d}", family + given, f"{given_en} {family_en}",
            manager=managers[index % len(managers)], met=index % 5 not in (1, 3),
        )  # fmt: skip
