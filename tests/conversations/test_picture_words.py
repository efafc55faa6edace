"""Words in pictures (V10): with a reader they are judged with the message, and what it fails at is unread."""

import io
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from pydantic import ValidationError

from tests.conversations.talk import begin
from tests.conversations.test_codes import policies, sent
from tests.conversations.test_files import picture
from tests.world import World
from visavis.conversations import terms
from visavis.conversations.types import Keep
from visavis.kernel import codes
from visavis.kernel.picture_reader import PictureReader, reader_of
from visavis.kernel.settings import Settings

PROMISE = "We guarantee a return of 12 percent, risk free."
# A small program that reads nothing but a note in the picture's first row of pixels, a letter for each.
READS_ROW = """
import sys
from io import BytesIO
from PIL import Image
image = Image.open(BytesIO(sys.stdin.buffer.read())).convert("L")
row = [image.getpixel((x, 0)) for x in range(image.width)]
print(bytes(one for one in row if 32 <= one < 127).decode())
"""


def noted(words: str, form: str = "PNG") -> bytes:
    """A picture whose first row of grey pixels says these words in ASCII."""
    image = Image.new("L", (300, 80), 255)
    for x, letter in enumerate(words.encode()):
        image.putpixel((x, 0), letter)
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def drawn(words: str, form: str = "PNG", ground: str = "white") -> bytes:
    """A picture with these words, as an eye would read them."""
    image = Image.new("RGB", (1500, 160), ground)
    font = ImageFont.load_default(48)
    ImageDraw.Draw(image).text((40, 50), words, fill="black", font=font)
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def use(monkeypatch: pytest.MonkeyPatch, reader: PictureReader | None, hold: bool = False) -> None:
    known = replace(terms.limits(), picture_reader=reader, hold_pictures=hold)
    monkeypatch.setattr(terms, "_limits", known)


def program(tmp_path: Path, text: str) -> str:
    path = tmp_path / "reader.py"
    path.write_text(text, "utf-8")
    return f"{sys.executable} '{path}'"


async def test_words_in_a_picture_are_judged_with_the_message(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk = await begin(world)
    assert (await sent(talk, noted(PROMISE))).entry.state is Keep.KEPT
    use(monkeypatch, reader_of(program(tmp_path, READS_ROW), 20))
    promised = await sent(talk, noted(PROMISE))
    assert promised.entry.state is Keep.BLOCKED
    assert "guarantee a return" in (promised.verdict or {})["files"]
    harmless = await sent(talk, noted("Returns are not guaranteed."))
    assert (harmless.entry.state, harmless.verdict) == (Keep.KEPT, None)
    # A client's picture is not read, and whoever wants every picture held still has them held.
    assert (await sent(talk, noted(PROMISE), by="client")).entry.state is Keep.KEPT
    use(monkeypatch, reader_of(program(tmp_path, READS_ROW), 20), hold=True)
    assert policies(await sent(talk, picture())) == ["unread-file"]


@pytest.mark.parametrize(
    "text",
    [
        "raise SystemExit(3)",
        "import sys\nsys.stdout.write('x' * 300_000)",
        "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()']).wait()",
    ],
    ids=["fails", "says too much", "never ends"],
)
async def test_what_the_reader_does_not_read_is_held(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    talk = await begin(world)
    use(monkeypatch, reader_of(program(tmp_path, text), 1))
    unread = await sent(talk, picture())
    assert (unread.entry.state, policies(unread)) == (Keep.HELD, ["unread-file"])


def test_a_reader_that_is_not_there_reads_nothing() -> None:
    nobody = reader_of("/nowhere/reader --all", 5)
    assert nobody == PictureReader(("/nowhere/reader", "--all"), 5)
    assert nobody([b"picture"]) == ("", False)
    assert reader_of("", 5) is None
    assert PictureReader(("cat",), 0)([b"picture"]) == ("", False)


def test_the_reader_knows_nothing_of_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VISAVIS_OIDC_CLIENT_SECRET", "hidden")
    reader = reader_of("env", 20)
    assert reader is not None
    said, whole = reader([b""])
    assert whole
    assert {line.partition("=")[0] for line in said.split()} == {"PATH", "LANG"}
    # No shell: what would be a second command there is a word here.
    echo = reader_of("echo a; echo $HOME", 20)
    assert echo is not None
    assert echo([b""]) == ("a; echo $HOME\n", True)


def test_a_command_is_set_whole() -> None:
    assert Settings(picture_reader="tesseract stdin stdout -l chi_sim+eng").picture_reader
    with pytest.raises(ValidationError):
        Settings(picture_reader="tesseract 'stdin")


def test_a_scanned_page_is_read_as_a_picture(tmp_path: Path) -> None:
    sizes: list[tuple[int, int]] = []

    def reader(pictures: object) -> tuple[str, bool]:
        assert isinstance(pictures, list)
        sizes.extend(Image.open(io.BytesIO(one)).size for one in pictures)
        return "read", True

    told = codes.of_pages(drawn(PROMISE, "PDF"), reader)
    assert (told.words.strip(), told.torn, told.mute) == ("read", False, True)
    assert len(sizes) == 1
    # A long picture keeps its letters; what is clear is seen on either ground.
    sizes.clear()
    long = io.BytesIO()
    Image.new("RGBA", (3000, 9000)).save(long, "PNG")
    assert codes.of_picture(long.getvalue(), reader).words == "read"
    assert sizes == [(2400, 7200)] * 2
    unread = codes.of_pages(drawn(PROMISE, "PDF"), lambda _: ("", False))
    assert (unread.words, unread.torn) == ("", True)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
async def test_a_real_reader_reads(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    talk = await begin(world)
    use(monkeypatch, reader_of("tesseract stdin stdout -l eng", 60))
    for data in (drawn(PROMISE), drawn(PROMISE, "PDF")):
        promised = await sent(talk, data)
        assert promised.entry.state is Keep.BLOCKED
        assert "guarantee a return" in (promised.verdict or {})["files"]
    assert (await sent(talk, drawn("Returns are not guaranteed."))).entry.state is Keep.KEPT


SONG = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Bold.ttc")
TRAINED = Path("/usr/share/tesseract-ocr/5/tessdata/chi_sim.traineddata")


@pytest.mark.skipif(
    not (SONG.exists() and TRAINED.exists() and shutil.which("tesseract")),
    reason="tesseract for Chinese, or a Chinese font, is not installed",
)
def test_a_real_reader_reads_chinese() -> None:
    reader = reader_of("tesseract stdin stdout -l chi_sim+eng", 60)
    image = Image.new("RGB", (1000, 140), "#dd3333")
    font = ImageFont.truetype(SONG, 40)
    ImageDraw.Draw(image).text((40, 40), "本产品保证收益，稳赚不赔", font=font, fill="white")
    out = io.BytesIO()
    image.save(out, "PNG")
    assert "保证收益" in codes.of_picture(out.getvalue(), reader).words
