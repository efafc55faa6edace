"""Evasion by picture (V10): codes and pages in files of staff are read when they are uploaded, and judged when sent."""

import io
from dataclasses import replace
from typing import Any

import pytest
import segno
from PIL import Image, ImageDraw, ImageFont

from tests.conversations.talk import Talk, begin
from tests.conversations.test_files import picture, upload
from tests.world import World
from visavis.conversations import api, rules, terms
from visavis.conversations.rules.contents import at_home
from visavis.conversations.types import Keep, Outcome
from visavis.identity import portrait
from visavis.kernel import clock, codes
from visavis.kernel.errors import Malformed

WECHAT = "https://u.wechat.com/MBgNqq"


def code(text: str, kind: str = "png", **more: Any) -> bytes:
    out = io.BytesIO()
    segno.make(text, micro=False).save(out, kind=kind, scale=6, **more)
    return out.getvalue()


def torn() -> bytes:
    """A code whose middle is painted over, so that its own check fails."""
    image = Image.open(io.BytesIO(code(WECHAT))).convert("RGB")
    middle = tuple(int(image.width * part) for part in (0.35, 0.35, 0.7, 0.7))
    ImageDraw.Draw(image).rectangle(middle, fill="white")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def paper(*lines: str) -> bytes:
    """A PDF of one page with these lines in a font that every reader has."""
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    content = f"BT /F1 12 Tf 14 TL 20 180 Td {shown} ET".encode()
    fonts = b"<< /Font << /F1 5 0 R >> >>"
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 200] /Contents 4 0 R /Resources %s >>"
        % fonts,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 6\n0000000000 65535 f \n" + table
    return out + head + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(out)


async def sent(talk: Talk, data: bytes, by: str = "advisor") -> Outcome:
    """What becomes of a message that holds nothing but this file."""
    http = talk.client.http if by == "client" else await talk.world.sign_in(talk.advisor)
    answer = await upload(talk, http, data)
    assert answer.status_code == 201, answer.text
    assert "says" not in answer.text
    actor = talk.her if by == "client" else talk.him
    outcome = (await talk.post(talk.draft(actor, body={"attachments": [answer.json()]})))[0]
    assert isinstance(outcome, Outcome), outcome
    return outcome


def policies(outcome: Outcome) -> list[str]:
    return [hit["id"] for hit in (outcome.verdict or {}).get("policies", ())]


async def test_a_code_is_followed_before_the_client_can_follow_it(world: World) -> None:
    talk = await begin(world)
    lured = await sent(talk, code(WECHAT))
    assert (lured.entry.state, policies(lured)) == (
        Keep.BLOCKED,
        ["messenger-link", "code-elsewhere"],
    )
    paid = await sent(talk, code("wxp://f2f0QmNzc"))
    assert paid.entry.state is Keep.BLOCKED
    assert policies(paid)[0] == "purse-link"
    elsewhere = await sent(talk, code("https://example.com/gift"))
    assert (elsewhere.entry.state, policies(elsewhere)) == (Keep.HELD, ["code-elsewhere"])
    # What was judged stays with the verdict, for whoever decides on it.
    assert "https://example.com/gift" in (elsewhere.verdict or {})["files"]
    hidden = await sent(talk, torn())
    assert (hidden.entry.state, policies(hidden)) == (Keep.HELD, ["unread-file"])
    plain = await sent(talk, picture())
    assert (plain.entry.state, plain.verdict) == (Keep.KEPT, None)
    # A client's file is a question or a report, never a breach.
    assert (await sent(talk, code(WECHAT), by="client")).entry.state is Keep.KEPT


async def test_the_codes_of_the_firm_go_through(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = replace(terms.limits(), code_places=("broker.example", "weixin.qq.com/r/abc"))
    monkeypatch.setattr(terms, "_limits", own)
    talk = await begin(world)
    for aim in ("https://app.broker.example/open?from=card", "http://weixin.qq.com/r/abc"):
        assert (await sent(talk, code(aim))).entry.state is Keep.KEPT, aim
    assert (await sent(talk, code("https://broker.example.evil.cn/"))).entry.state is Keep.HELD
    # Where the firm wants it, every picture waits for a person, as words in it are read by no machine.
    monkeypatch.setattr(terms, "_limits", replace(own, hold_pictures=True))
    assert policies(await sent(talk, picture())) == ["unread-file"]


async def test_pages_are_read_and_what_policies_name_is_judged_again(world: World) -> None:
    talk = await begin(world)
    began = clock.now()
    drawn = await sent(talk, code(WECHAT, "pdf"))
    assert policies(drawn) == ["messenger-link", "code-elsewhere"]
    promised = await sent(
        talk, paper("Quarterly letter", "We guarantee a return of 12 percent, risk free.")
    )
    assert promised.entry.state is Keep.BLOCKED
    assert "promise-return" in policies(promised)
    assert "guarantee a return" in (promised.verdict or {})["files"]
    harmless = await sent(talk, paper("Quarterly letter", "Returns are not guaranteed."))
    assert (harmless.entry.state, harmless.verdict) == (Keep.KEPT, None)
    # A re-scan of the past judges the same words.
    await world.clock.advance(60)
    async with world.tx() as tx:
        said = {one.entry_id: one for one in await api.said(tx, began, clock.now(), stopped=True)}
    again = said[promised.entry.id]
    assert again.files
    assert again.text.startswith("\ufffc\n")
    assert "guarantee a return" in again.text
    assert said[harmless.entry.id].text == "\ufffc"


def test_what_breaks_its_reader_counts_as_unread() -> None:
    assert codes.of_pages(b"%PDF-1.4 nothing").torn
    told, _ = codes.read_pages(code(WECHAT, "pdf"))
    assert (told.codes, told.torn, told.mute) == ((WECHAT,), False, True)
    assert codes.read_pages(paper("Fees"))[0].words.strip() == "Fees"


def test_a_code_that_shows_on_one_ground_only_is_read() -> None:
    clear = code(WECHAT, dark="black", light=None)
    assert codes.of_picture(clear).codes == (WECHAT,)
    large = Image.new("RGB", (4000, 3000), "white")
    large.paste(Image.open(io.BytesIO(code(WECHAT))).resize((600, 600)), (2000, 900))
    out = io.BytesIO()
    large.save(out, "PNG")
    assert codes.of_picture(out.getvalue()).codes == (WECHAT,)


def test_letters_and_noise_are_no_torn_code() -> None:
    page = Image.new("L", (1200, 1600), "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(18)
    for row in range(0, 1600, 22):
        pen.text((8, row), "QO0D8@#B%&[]{} The quick brown fox " * 4, fill="black", font=font)
    for image in (page, Image.effect_noise((1200, 900), 80)):
        out = io.BytesIO()
        image.save(out, "PNG")
        assert codes.of_picture(out.getvalue()) == codes.Contents(mute=True)


def test_a_photo_carries_no_code() -> None:
    with pytest.raises(Malformed) as refused:
        portrait.encoded(code(WECHAT), 40_000_000)
    assert refused.value.params["reason"] == "a code in the picture"


@pytest.mark.parametrize(
    ("aim", "home"),
    [
        ("https://broker.example", True),
        ("HTTP://WWW.Broker.Example:8443/x?y", True),
        ("https://cdn.example/visavis/app", True),
        ("https://cdn.example/other", False),
        ("https://sub.cdn.example/visavis/", False),
        ("https://broker.example@evil.cn/", False),
        ("https://evil.cn\\@broker.example/", False),
        ("https://evilbroker.example/", False),
        ("weixin://broker.example/", False),
        ("https://[broker.example/", False),
        ("broker.example", False),
    ],
)
def test_which_codes_lead_home(aim: str, home: bool) -> None:
    assert at_home(aim, ("broker.example", "cdn.example/visavis")) is home


def test_long_pages_are_cut_and_so_much_of_them_is_kept() -> None:
    assert rules.pieces("保本保\n收益 ＶＸ") == ["保本保收益 VX"]
    assert [len(one) for one in rules.pieces("字" * 4_000)] == [2_000, 2_000, 400]
    assert rules.pieces(" \n ") == []
    text = "字" * 500
    kept = rules.passages([(text, [(100, 104), (110, 112), (400, 401)])] * 30)
    assert kept[:3] == ["字" * 124, "字" * 8, "字" * 121]
    assert sum(map(len, kept)) == 2_000
    many = rules.says([f"https://x.example/{n}" for n in range(21)], (), torn=False)
    assert len(many) == 21
    assert many[-1] == "\ufffa"


def test_the_places_of_codes_are_the_platform_and_those_listed() -> None:
    assert terms.places_of(" A.example, b.example/x ,", "https://desk.example:8443") == (
        "desk.example", "a.example", "b.example/x",
    )  # fmt: skip
    assert terms.places_of("", "") == ()
