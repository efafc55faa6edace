"""Files that people send: what is accepted, what is served, what is sealed.

Nothing is served as it came. An image is decoded and encoded anew (no metadata, no trailing bytes), a PDF is rebuilt
from its pages without scripts, actions, forms and embedded files. The original is sealed for evidence and never
served. What a file is, is decided by its content; the name and the type that the sender gives are not believed.
"""

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pypdf
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, PdfObject

from visavis.conversations.types import FileTooLarge, UnfitFile
from visavis.kernel import codes

PDF = "application/pdf"
# Format of Pillow -> what is served instead.
SERVED = {"JPEG": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "GIF": "PNG"}
HEADS = {
    b"\xff\xd8\xff": "JPEG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"RIFF": "WEBP",
}
# Keys of a PDF that act by themselves, reach outside, or carry other files.
ACTIVE = frozenset(
    {
        "/A", "/AA", "/OpenAction", "/JS", "/JavaScript", "/Names", "/AcroForm", "/EmbeddedFiles", "/EF", "/AF",
        "/RichMedia", "/Launch", "/XFA", "/Collection", "/Metadata", "/PieceInfo", "/Thread", "/Movie", "/Sound",
        "/Annots", "/URI",
    }
)  # fmt: skip
DEEP = 60
OBJECTS = 200_000
# Marks of a second format inside a first one. A ZIP archive ends with its directory, wherever it begins.
SECOND = re.compile(rb"%PDF-\d|<script|<html|<!doctype|<\?php", re.IGNORECASE)
ZIP_END = b"PK\x05\x06"
ZIP_TAIL = 65_557


@dataclass(frozen=True)
class Served:
    """What is shown in place of an upload; `width` and `height` in pixels, 0 for a PDF; what was read in it."""

    data: bytes
    type: str
    width: int = 0
    height: int = 0
    contents: codes.Contents = codes.NOTHING


def examine(data: bytes, *, most_bytes: int, most_pixels: int, most_pages: int) -> Served:
    """A harmless copy of an uploaded image or PDF; raises `UnfitFile`, `FileTooLarge`. Costs CPU, so off the loop."""
    if len(data) > most_bytes:
        raise FileTooLarge(limit=f"{most_bytes // 1_000_000} MB")
    if not data:
        raise UnfitFile(reason="empty")
    kind = next((name for head, name in HEADS.items() if data.startswith(head)), None)
    if SECOND.search(data, 5) or ZIP_END in data[-ZIP_TAIL:]:
        raise UnfitFile(reason="two formats in one file")
    if kind is not None:
        return _image(data, kind, most_pixels)
    if data.startswith(b"%PDF-"):
        return _pdf(data, most_pages)
    raise UnfitFile(reason="neither an image (JPEG, PNG, WebP, GIF) nor a PDF")


def read(served: Served, reader: codes.Reader | None = None) -> Served:
    """The same with what machines can read in it; what is read is the copy, as that is what its reader will see."""
    of = codes.of_pages if served.type == PDF else codes.of_picture
    return replace(served, contents=of(served.data, reader))


def _image(data: bytes, kind: str, most_pixels: int) -> Served:
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as image:
            # The header alone is read so far: a bomb is refused before it is unpacked.
            if image.width * image.height > most_pixels:
                raise FileTooLarge(limit=f"{most_pixels // 1_000_000} MP")
            image.load()
            upright = ImageOps.exif_transpose(image)
            plain = _plain(upright)
    except Image.DecompressionBombError as error:
        raise FileTooLarge(limit=f"{most_pixels // 1_000_000} MP") from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise UnfitFile(reason="damaged image") from error
    target = SERVED[kind]
    out = io.BytesIO()
    if target == "PNG":
        plain.save(out, "PNG", optimize=False)
    else:
        plain.convert("RGB").save(out, target, quality=88)
    return Served(out.getvalue(), f"image/{target.lower()}", plain.width, plain.height)


def _plain(image: Image.Image) -> Image.Image:
    """Pixels alone: a fresh image that inherits no metadata."""
    mode = "RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB"
    plain = Image.new(mode, image.size)
    plain.paste(image.convert(mode))
    return plain


def _pdf(data: bytes, most_pages: int) -> Served:
    _one_document(data)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise UnfitFile(reason="encrypted PDF")
        pages = len(reader.pages)
        if pages == 0:
            raise UnfitFile(reason="PDF without pages")
        if pages > most_pages:
            raise FileTooLarge(limit=f"{most_pages} pages")
        _disarm(list(reader.pages))
        writer = pypdf.PdfWriter()
        for page in reader.pages:
            writer.add_page(page)
        writer.metadata = None
        out = io.BytesIO()
        writer.write(out)
    except (
        PyPdfError,
        RecursionError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
    ) as error:
        raise UnfitFile(reason="damaged PDF") from error
    return Served(out.getvalue(), PDF)


def _one_document(data: bytes) -> None:
    """Nothing but white space may follow the end of a PDF."""
    end = data.rfind(b"%%EOF")
    if end < 0 or data[end + 5 :].strip(b"\r\n\t \x00"):
        raise UnfitFile(reason="data after the end of the PDF")


def _disarm(pages: Sequence[PdfObject]) -> None:
    """Take every key of `ACTIVE` out of every object that the pages reach; what is left alone is copied afterwards."""
    seen: set[int] = set()
    stack: list[tuple[PdfObject | None, int]] = [(page, 0) for page in pages]
    while stack:
        one, depth = stack.pop()
        if isinstance(one, IndirectObject):
            one = one.get_object()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        if depth > DEEP or len(seen) > OBJECTS:
            raise UnfitFile(reason="PDF too deep")
        if isinstance(one, DictionaryObject):
            for key in ACTIVE.intersection(one):
                del one[NameObject(key)]
            stack += [(value, depth + 1) for key, value in one.items() if key != "/Parent"]
        elif isinstance(one, ArrayObject):
            stack += [(value, depth + 1) for value in one]
