"""A plain PDF (ISO 32000-1) of lines of text, Chinese and English; the same lines give the same bytes.

Fonts are the reader's: Courier, and STSong-Light of Adobe's Simplified Chinese collection (ISO 32000-1 §9.7.5.2).
Text can be searched and copied: the Chinese font carries a map back to Unicode.
"""

import zlib
from collections.abc import Iterator, Sequence

WIDTH, HEIGHT, MARGIN = 595, 842, 48
SIZE, LEADING = 9, 13
TITLE = 15
EMS = (WIDTH - 2 * MARGIN) / SIZE

TO_UNICODE = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
1 beginbfrange <0000> <FFFF> <0000> endbfrange
endcmap CMapName currentdict /CMap defineresource pop end end"""


def pages(lines: Sequence[str], foot: str) -> bytes:
    """A PDF of these lines, the first one as its title, `foot` below every page with its number."""
    sheets = list(_sheets(lines))
    objects: list[bytes] = []

    def add(content: bytes) -> int:
        objects.append(content)
        return len(objects)

    catalogue, tree = add(b""), add(b"")
    latin = add(b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>")
    unicode_map = add(_stream(TO_UNICODE))
    descriptor = add(
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 4 /FontBBox [-25 -254 1000 880] /ItalicAngle 0"
        b" /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>"
    )
    glyphs = add(
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo"
        b" << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /DW 1000 /FontDescriptor %d 0 R >>"
        % descriptor
    )
    chinese = add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light-UniGB-UCS2-H /Encoding /UniGB-UCS2-H"
        b" /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>" % (glyphs, unicode_map)
    )
    kids = []
    for number, sheet in enumerate(sheets, 1):
        content = add(_stream(_drawn(sheet, f"{foot}   {number}/{len(sheets)}", first=number == 1)))
        kids.append(
            add(
                b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R /Resources"
                b" << /Font << /L %d 0 R /C %d 0 R >> >> >>"
                % (tree, WIDTH, HEIGHT, content, latin, chinese)
            )
        )
    objects[catalogue - 1] = b"<< /Type /Catalog /Pages %d 0 R >>" % tree
    listed = b" ".join(b"%d 0 R" % one for one in kids)
    objects[tree - 1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (listed, len(kids))
    return _file(objects, catalogue)


def _sheets(lines: Sequence[str]) -> Iterator[list[str]]:
    room = (HEIGHT - 2 * MARGIN) // LEADING - 3
    broken = [part for line in lines for part in _broken(line)]
    for start in range(0, max(1, len(broken)), room):
        yield broken[start : start + room]


def _broken(line: str) -> list[str]:
    """The line in parts that fit the page; ASCII is 0.6 em wide, everything else 1 em."""
    parts, part, used = [], "", 0.0
    for letter in line.expandtabs(2):
        width = 0.6 if letter.isascii() else 1.0
        if used + width > EMS:
            parts.append(part)
            part, used = "", 0.0
        part, used = part + letter, used + width
    return [*parts, part]


def _drawn(lines: Sequence[str], foot: str, *, first: bool) -> bytes:
    out = [b"BT"]
    y = HEIGHT - MARGIN - TITLE
    for number, line in enumerate(lines):
        title = first and number == 0
        out += _line(line, y, TITLE if title else SIZE)
        y -= 2 * LEADING if title else LEADING
    out += _line(foot, MARGIN - LEADING, 7)
    return b"\n".join([*out, b"ET"])


def _line(line: str, y: int, size: int) -> list[bytes]:
    out = [b"1 0 0 1 %d %d Tm" % (MARGIN, y)]
    for ascii_run, run in _runs(line):
        if ascii_run:
            escaped = run.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
            out.append(b"/L %d Tf (%s) Tj" % (size, escaped.encode("ascii")))
        else:
            # Beyond the basic plane the collection has no letters: a mark stands for them.
            codes = "".join(one if ord(one) < 0x10000 else "〓" for one in run).encode("utf-16-be")
            out.append(b"/C %d Tf <%s> Tj" % (size, codes.hex().encode()))
    return out


def _runs(line: str) -> Iterator[tuple[bool, str]]:
    run, kind = "", True
    for letter in line:
        printable = letter if letter.isprintable() else " "
        if printable.isascii() != kind and run:
            yield kind, run
            run = ""
        run, kind = run + printable, printable.isascii()
    if run:
        yield kind, run


def _stream(content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)


def _file(objects: Sequence[bytes], root: int) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    for place in places:
        out += b"%010d 00000 n \n" % place
    out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1, root, start,
    )  # fmt: skip
    return bytes(out)
