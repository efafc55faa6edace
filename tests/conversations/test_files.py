"""Files: what is taken in, what is served in its place, what is refused; originals are sealed."""

import errno
import hashlib
import io
import os
import zipfile
from dataclasses import replace
from datetime import timedelta

import httpx
import pypdf
import pytest
from PIL import Image
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from tests.conversations.talk import Talk, begin
from tests.world import World
from visavis.archive import api as archive
from visavis.conversations import api, jobs, terms
from visavis.conversations.files import examine
from visavis.conversations.types import Kind, Outcome
from visavis.custody import api as custody
from visavis.kernel.errors import Refusal

LIMITS = {"most_bytes": 2_000_000, "most_pixels": 1_000_000, "most_pages": 5}


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **more)
    return out.getvalue()


def paper(pages: int = 1, *, password: str = "") -> bytes:
    writer = pypdf.PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(200, 200)
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def armed_paper() -> bytes:
    """A PDF that would run a script, open a page, submit a form and bring another file."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    script = DictionaryObject(
        {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert()"),
        }
    )
    writer.add_attachment("evil.exe", b"MZ")
    action = DictionaryObject(
        {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): TextStringObject("https://evil")}
    )
    link = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): action})
    page = writer.pages[0]
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(link)])
    page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): action})
    writer.root_object[NameObject("/OpenAction")] = script
    writer.add_metadata({"/Author": "somebody private"})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive_file:
        archive_file.writestr("a.txt", "hidden")
    return out.getvalue()


def refused(data: bytes) -> str:
    with pytest.raises(Refusal) as refusal:
        examine(data, **LIMITS)
    return f"{refusal.value.code}: {refusal.value.params.get('reason') or refusal.value.params.get('limit')}"


@pytest.mark.parametrize(
    ("kind", "served"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("GIF", "image/png")],
)
def test_an_image_is_encoded_anew_with_its_own_measures(kind: str, served: str) -> None:
    copy = examine(picture(kind), **LIMITS)
    assert (copy.type, copy.width, copy.height) == (served, 40, 30)
    with Image.open(io.BytesIO(copy.data)) as image:
        assert image.size == (40, 30)


def test_metadata_goes_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # lying on its side
    exif[0x010E] = "at home, with the safe behind me"
    original = picture(exif=exif)
    assert b"the safe" in original
    copy = examine(original, **LIMITS)
    assert b"the safe" not in copy.data
    assert (copy.width, copy.height) == (30, 40)
    with Image.open(io.BytesIO(copy.data)) as image:
        assert not image.getexif()


def test_transparency_stays() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(out, "PNG")
    copy = examine(out.getvalue(), **LIMITS)
    with Image.open(io.BytesIO(copy.data)) as image:
        assert image.getpixel((0, 0)) == (0, 0, 0, 0)


def test_a_pixel_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = picture("PNG", (1100, 1000))
    assert refused(bomb).startswith("file_too_large")
    # 400 million pixels in a few hundred kilobytes: the header alone decides.
    header = picture("PNG", (1, 1))
    giant = header[:16] + (20_000).to_bytes(4, "big") * 2 + header[24:]
    assert refused(giant).split(":")[0] in ("file_too_large", "unfit_file")


def test_a_pdf_is_rebuilt_without_anything_that_acts() -> None:
    armed = armed_paper()
    for word in (b"/JavaScript", b"/OpenAction", b"/EmbeddedFile", b"evil", b"somebody private"):
        assert word in armed, word
    copy = examine(armed, **LIMITS)
    assert copy.type == "application/pdf"
    for word in (
        b"/JavaScript",
        b"/JS",
        b"/OpenAction",
        b"/EmbeddedFile",
        b"/AA",
        b"/URI",
        b"evil",
        b"private",
    ):
        assert word not in copy.data, word
    assert len(pypdf.PdfReader(io.BytesIO(copy.data)).pages) == 1


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (paper(password="secret"), "unfit_file: encrypted PDF"),
        (paper(6), "file_too_large: 5 pages"),
        (paper() + zipped(), "unfit_file: two formats in one file"),
        (picture() + zipped(), "unfit_file: two formats in one file"),
        (picture() + paper(), "unfit_file: two formats in one file"),
        (picture("GIF") + b"<script>alert(1)</script>", "unfit_file: two formats in one file"),
        (paper() + b"MZ and more", "unfit_file: data after the end of the PDF"),
        (b"%PDF-1.7 nothing", "unfit_file: data after the end of the PDF"),
        (b"%PDF-1.7 nothing %%EOF", "unfit_file: damaged PDF"),
        (picture()[:200], "unfit_file: damaged image"),
        (b"", "unfit_file: empty"),
        (b"MZ\x90\x00", "unfit_file: neither an image (JPEG, PNG, WebP, GIF) nor a PDF"),
        (b"<svg onload='x'/>", "unfit_file: neither an image (JPEG, PNG, WebP, GIF) nor a PDF"),
        (zipped(), "unfit_file: two formats in one file"),
        (b"\xff\xd8\xff" + bytes(2_000_001), "file_too_large: 2 MB"),
    ],
    ids=lambda value: str(value)[:40] if isinstance(value, str) else "",
)
def test_what_is_not_harmless_is_refused(data: bytes, why: str) -> None:
    assert refused(data) == why


async def upload(
    talk: Talk, browser: httpx.AsyncClient, data: bytes, name: str = "图.jpg"
) -> httpx.Response:
    path = f"/api/conversations/{talk.id}/attachments"
    return await browser.post(path, files={"file": (name, data, "image/jpeg")})


async def test_an_uploaded_file_is_sent_seen_and_sealed(world: World) -> None:
    talk = await begin(world)
    original = picture()
    answer = await upload(talk, talk.client.http, original, "../私密/对账单?.jpeg")
    assert answer.status_code == 201, answer.text
    file = answer.json()
    assert (file["name"], file["type"], file["width"]) == ("对账单.jpg", "image/jpeg", 40)
    his = await world.sign_in(talk.advisor)
    path = f"/api/attachments/{file['id']}"
    # Before it is sent it is the uploader's alone.
    assert (await talk.client.http.get(path)).status_code == 200
    assert (await his.get(path)).status_code == 404
    # The server's word about the file counts, not the page's.
    sent = {"attachments": [{**file, "name": "别名.exe", "size": 1}]}
    entry = await talk.say(talk.her, body=sent)
    assert entry.body["attachments"][0]["name"] == "对账单.jpg"
    shown = await his.get(path, params={"download": 1})
    assert shown.status_code == 200
    assert shown.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert "sandbox" in shown.headers["content-security-policy"]
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert shown.content != original
    async with world.tx() as tx:
        assert await api.original(tx, file["id"]) == original
        record = next(r for r in await archive.chain(tx, talk.id) if r.kind == "attachment")
    assert record.body is not None
    assert record.body["original"] == hashlib.sha256(original).hexdigest()
    folder = world.settings.home / "files"
    stored = [one for one in folder.rglob("*") if one.is_file()]
    assert len(stored) == 2
    assert all(original not in one.read_bytes() for one in stored)
    sealed = next(one for one in stored if "originals" in one.parts)
    assert hashlib.sha256(sealed.read_bytes()).hexdigest() == record.clear["sealed"]


async def test_files_of_others_recalled_or_blocked_are_not_shown(world: World) -> None:
    talk, other = await begin(world), await begin(world)
    his = await world.sign_in(talk.advisor)
    file = (await upload(talk, talk.client.http, picture())).json()
    path = f"/api/attachments/{file['id']}"
    assert (await other.client.http.get(path)).status_code == 404
    assert await talk.refused(talk.draft(talk.him, body={"attachments": [file]})) == "malformed"
    assert await other.refused(other.draft(other.her, body={"attachments": [file]})) == "malformed"
    entry = await talk.say(talk.her, body={"attachments": [file]})
    assert (await his.get(path)).status_code == 200
    await talk.say(talk.her, kind=Kind.RECALL, of_id=entry.id, body={})
    assert (await talk.client.http.get(path)).status_code == 404
    blocked = (await upload(talk, his, picture())).json()
    body = {"text": "保证收益，稳赚不赔", "attachments": [blocked]}
    assert isinstance((await talk.post(talk.draft(talk.him, body=body)))[0], Outcome)
    path = f"/api/attachments/{blocked['id']}"
    assert (await talk.client.http.get(path)).status_code == 404
    assert (await his.get(path)).status_code == 200
    supervisor = await world.sign_in(await world.supervisor())
    look = f"/api/supervision/attachments/{blocked['id']}"
    assert (await supervisor.get(look)).status_code == 422
    assert (await supervisor.get(look, params={"purpose": "核查附件"})).status_code == 200
    nothing = "/api/supervision/attachments/" + str(talk.id)
    assert (await supervisor.get(nothing, params={"purpose": "核查附件"})).status_code == 404


async def test_whoever_may_not_speak_uploads_nothing(world: World) -> None:
    talk = await begin(world, notice=False)
    answer = await upload(talk, talk.client.http, picture())
    assert (answer.status_code, answer.json()["error"]) == (403, "notice_required")
    stranger = await begin(world)
    assert (await upload(talk, stranger.client.http, picture())).status_code == 404
    colleague = await world.sign_in(await world.advisor())
    assert (await upload(talk, colleague, picture())).json()["error"] == "not_handler"
    bad = await upload(talk, await world.sign_in(talk.advisor), b"MZ")
    assert (bad.status_code, bad.json()["error"]) == (422, "unfit_file")
    missing = "/api/attachments/" + str(talk.id)
    assert (await talk.client.http.get(missing)).status_code == 404


async def test_what_is_never_sent_goes_and_what_was_sent_stays(world: World) -> None:
    talk = await begin(world)
    sent = (await upload(talk, talk.client.http, picture())).json()
    await talk.say(talk.her, body={"attachments": [sent]})
    left = (await upload(talk, talk.client.http, picture())).json()
    folder = world.settings.home / "files"

    def kept() -> int:
        return sum(one.is_file() for one in folder.rglob("*"))

    world.clock.move(timedelta(hours=23))
    async with world.tx() as tx:
        assert await api.drop_unsent(tx) == 0
    assert kept() == 4
    world.clock.move(timedelta(hours=2))
    async with world.tx() as tx:
        assert await api.drop_unsent(tx) == 1
        await jobs.drop_unsent_files(tx, {})
    assert kept() == 2
    her = await world.client(talk.client.person.external_ref)
    assert (await her.http.get(f"/api/attachments/{left['id']}")).status_code == 404
    assert (await her.http.get(f"/api/attachments/{sent['id']}")).status_code == 200
    assert await talk.refused(talk.draft(talk.her, body={"attachments": [left]})) == "malformed"
    async with world.tx() as tx:
        on_record = [r for r in await archive.chain(tx, talk.id) if r.kind == "attachment"]
        gone = [
            r.clear["file"]
            for r in await archive.chain(tx, talk.id)
            if r.kind == "attachment_dropped"
        ]
    assert len(on_record) == 2
    assert gone == [left["id"]]
    async with world.tx() as tx:
        assert (await custody.compare(tx)).faults == []


async def test_a_client_uploads_so_much_in_an_hour_and_no_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms, "_limits", replace(terms.limits(), files_per_hour=2))
    talk = await begin(world)
    for _ in range(2):
        assert (await upload(talk, talk.client.http, picture())).status_code == 201
    refused = await upload(talk, talk.client.http, picture())
    assert (refused.status_code, refused.json()["error"]) == (429, "too_many")
    his = await world.sign_in(talk.advisor)
    assert (await upload(talk, his, picture())).status_code == 201
    world.clock.move(timedelta(hours=1, seconds=1))
    her = await world.client(talk.client.person.external_ref)
    assert (await upload(talk, her.http, picture())).status_code == 201


@pytest.mark.parametrize(
    ("number", "answered"),
    [(errno.ENOSPC, (507, "disk_full")), (errno.EIO, (503, "unavailable"))],
)
async def test_what_the_disk_does_not_take_is_refused_in_words_and_leaves_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch, number: int, answered: tuple[int, str]
) -> None:
    talk = await begin(world)
    path = f"/api/conversations/{talk.id}/attachments"
    whole = os.fsync

    def fails(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fails)
    answer = await talk.client.http.post(path, files={"file": ("a.png", picture("PNG"))})
    assert (answer.status_code, answer.json()["error"]) == answered
    folder = terms.limits().folder
    assert [one for one in folder.rglob("*") if one.is_file()] == []
    monkeypatch.setattr(os, "fsync", whole)
    answer = await talk.client.http.post(path, files={"file": ("a.png", picture("PNG"))})
    assert answer.status_code == 201, answer.text
