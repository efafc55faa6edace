"""What machines can read in a file of staff: codes in pictures, codes and words on the pages of a PDF (evasion V10).

Words in pictures are read by a program of the operator's, where there is one (`picture_reader.py`).

Pictures are read here. A PDF is read by this same file run as a program of its own, so that whatever a page does to its
reader ends there: it gets the pages on its standard input and answers with JSON. Knows nothing of conversations.
"""

import base64
import io
import json
import math
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import zxingcpp
from PIL import Image

# Codes that a telephone's camera follows; bars are prices and parcels, and are seen in every striped picture.
KINDS = (
    zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.MicroQRCode, zxingcpp.BarcodeFormat.RMQRCode,
    zxingcpp.BarcodeFormat.DataMatrix, zxingcpp.BarcodeFormat.Aztec, zxingcpp.BarcodeFormat.PDF417,
)  # fmt: skip
# A larger picture is read at this size: 2 s of work at the very worst, and no code that a telephone could still see.
LONGEST = 2400
# A damaged code is told from a pattern of letters by its shape: a square of at least so many pixels.
LEAST_SIDE, SQUARE = 40, 1.25
# Bounds of what is read of a PDF: pages, characters, the reader's seconds and bytes.
PAGES, CHARACTERS, SECONDS, BYTES = 40, 100_000, 30, 2_000_000_000
SIDE = 1400
# Told to the program that reads pages: its answer then holds the pages with pictures.
PICTURES = "--pictures"
# The shorter side of a picture as its words are read: those of a long picture would be lost in less.
LEGIBLE = 2400
AT_ONCE = threading.Semaphore(2)


@dataclass(frozen=True)
class Contents:
    """What was read: `codes` as they say, `words` of pages and pictures; what is there and could not be read.

    `torn`: a code that cannot be read, or what a reader did not come to the end of; `mute`: there are pictures, of
    whose words no machine reads every one.
    """

    codes: tuple[str, ...] = ()
    words: str = ""
    torn: bool = False
    mute: bool = False


NOTHING = Contents()
# Pictures (PNG) to their words, and whether all of them were read.
Reader = Callable[[Sequence[bytes]], tuple[str, bool]]


def of_picture(data: bytes, reader: Reader | None = None) -> Contents:
    """The codes in a picture, and with a reader its words."""
    codes: list[str] = []
    seen: list[bytes] = []
    torn = False
    with Image.open(io.BytesIO(data)) as image:
        # What is clear in a picture is seen on the page's ground, which may be light or dark.
        for ground in ("white", "black") if "A" in image.getbands() else ("",):
            laid = _upon(image, ground) if ground else image
            found, broken = _read(laid)
            codes += [one for one in found if one not in codes]
            torn = torn or broken
            if reader is not None:
                seen.append(_legible(laid))
    words, whole = reader(seen) if reader is not None else ("", True)
    return Contents(tuple(codes), words[:CHARACTERS], torn or not whole, mute=True)


def _legible(image: Image.Image) -> bytes:
    """A picture as it is given to the reader of words."""
    grey = image.convert("L")
    share = LEGIBLE / min(grey.size)
    if share < 1:
        grey = grey.resize((round(grey.width * share), round(grey.height * share)))
    out = io.BytesIO()
    grey.save(out, "PNG", compress_level=1)
    return out.getvalue()


def _upon(image: Image.Image, ground: str) -> Image.Image:
    """A picture laid on a ground of one colour."""
    below = Image.new("RGBA", image.size, ground)
    return Image.alpha_composite(below, image.convert("RGBA"))


def of_pages(data: bytes, reader: Reader | None = None) -> Contents:
    """Codes and words of a PDF, with a reader also those of pages with pictures; what was not read counts as torn."""
    with AT_ONCE:
        try:
            asked = [PICTURES] if reader is not None else []
            done = subprocess.run(
                [sys.executable, "-I", str(Path(__file__).resolve()), *asked], input=data, capture_output=True,
                timeout=SECONDS * 2, check=True, env={"PATH": os.defpath},
            )  # fmt: skip
            told = json.loads(done.stdout)
        except (subprocess.SubprocessError, ValueError):
            return Contents(torn=True)
    torn, seen = told["torn"], [base64.b64decode(one) for one in told["pictures"]]
    words, whole = reader(seen) if reader is not None and seen else ("", True)
    said = f"{told['words']}\n{words}"[:CHARACTERS] if words else told["words"]
    return Contents(tuple(told["codes"]), said, torn or not whole, told["mute"])


def _read(image: Image.Image) -> tuple[list[str], bool]:
    """The codes of a picture in order, and whether there is one that cannot be read."""
    grey = image.convert("L")
    if max(grey.size) > LONGEST:
        grey.thumbnail((LONGEST, LONGEST))
    found = zxingcpp.read_barcodes(
        grey, formats=zxingcpp.BarcodeFormats(KINDS), text_mode=zxingcpp.TextMode.Plain,
        return_errors=True,
    )  # fmt: skip
    whole = [one for one in found if one.valid]
    torn = [one for one in found if not one.valid and _square(one)]
    return [one.text for one in whole], any(
        not any(_within(one, other) for other in whole) for one in torn
    )


def _within(one: zxingcpp.Barcode, other: zxingcpp.Barcode) -> bool:
    """Whether the middle of one lies in the other: parts of a code that was read are no code of their own."""
    here, there = _corners(one), _corners(other)
    x, y = sum(at.x for at in here) / 4, sum(at.y for at in here) / 4
    return min(at.x for at in there) <= x <= max(at.x for at in there) and min(
        at.y for at in there
    ) <= y <= max(at.y for at in there)


def _corners(one: zxingcpp.Barcode) -> list[zxingcpp.Point]:
    at = one.position
    return [at.top_left, at.top_right, at.bottom_right, at.bottom_left]


def _square(one: zxingcpp.Barcode) -> bool:
    """Whether something that fails its own check has nevertheless the shape of a QR code."""
    if one.error is None or one.error.type is not zxingcpp.ErrorType.Checksum:
        return False
    if one.symbology is not zxingcpp.BarcodeFormat.QRCode:
        return False
    corners = _corners(one)
    sides = [
        math.hypot(a.x - b.x, a.y - b.y)
        for a, b in zip(corners, corners[1:] + corners[:1], strict=True)
    ]
    return min(sides) >= LEAST_SIDE and max(sides) <= SQUARE * min(sides)


def read_pages(data: bytes, *, draw: bool = False) -> tuple[Contents, list[bytes]]:
    """The codes and words of the first pages, read in this very process; with `draw` also the pages with pictures."""
    import pypdfium2  # noqa: PLC0415 - by the program that reads pages alone

    document = pypdfium2.PdfDocument(data)
    codes: list[str] = []
    words: list[str] = []
    seen: list[bytes] = []
    torn, mute = len(document) > PAGES, False
    for number in range(min(len(document), PAGES)):
        page = document[number]
        text = page.get_textpage().get_text_bounded()
        words.append(text)
        scale = SIDE / max(page.get_size())
        drawn = page.render(scale=min(scale, 4.0), grayscale=True).to_pil()
        if _pictured(page, text):
            mute = True
            seen += [_legible(drawn)] if draw else []
        found, broken = _read(drawn)
        codes += found
        torn = torn or broken
        page.close()
    said = "\n".join(words)
    torn = torn or len(said) > CHARACTERS
    return Contents(tuple(codes), said[:CHARACTERS], torn, mute), seen


def _pictured(page: object, text: str) -> bool:
    """Whether a page has pictures, or shows something and says nothing."""
    import pypdfium2.raw  # noqa: PLC0415 - see above

    kinds: Sequence[int] = [one.type for one in page.get_objects(max_depth=4)]  # type: ignore[attr-defined]
    return pypdfium2.raw.FPDF_PAGEOBJ_IMAGE in kinds or bool(kinds and not text.strip())


def main() -> None:
    """Read the PDF on the standard input; the limits are this program's own."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    told, seen = read_pages(sys.stdin.buffer.read(), draw=PICTURES in sys.argv)
    shown = [base64.b64encode(one).decode() for one in seen]
    json.dump({**vars(told), "pictures": shown}, sys.stdout)


if __name__ == "__main__":
    main()
