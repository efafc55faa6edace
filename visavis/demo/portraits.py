"""Drawn stand-ins for photographs: nobody who exists is shown, and the same member of staff always looks the same."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

Point = tuple[float, float]
Curve = tuple[Point, Point, Point]

FINE = 8  # pixels of the drawing for a unit of the 64-unit grid; shown at half of it
SIZE = 256
STEPS = 24
GROUNDS = ("#dbe6fb", "#dcefe6", "#f3e6cb", "#e9e2f4", "#f7dfdb", "#dfe6ea")
JACKETS = ("#1f4fbf", "#24584a", "#4a515d", "#4d3787", "#6b4500", "#33485a")
SKINS = ("#f0cdb2", "#eec4a6", "#e8b995")
HAIRS = ("#20304f", "#3a2a20", "#2a3140")
LONG_HAIRED = frozenset({"su", "carter", "wen", "jiang", "xiong", "shen", "fang", "admin"})

SHORT: tuple[Point, Sequence[Curve]] = (
    (18.5, 27),
    (
        ((17, 15), (22.5, 10), (32, 10)),
        ((41.5, 10), (47, 15.5), (45.5, 27)),
        ((44.5, 22), (41, 19), (38.5, 18.5)),
        ((35.5, 21), (28.5, 22), (23.5, 21)),
        ((21, 22), (19.5, 24), (18.5, 27)),
    ),
)
LONG: tuple[Point, Sequence[Curve]] = (
    (17, 38),
    (
        ((14.5, 21), (19, 10), (32, 10)),
        ((45, 10), (49.5, 21), (47, 38)),
        ((44, 37), (43.5, 25), (41, 20.5)),
        ((36, 22.5), (28, 22.5), (23, 21)),
        ((20.5, 26), (20, 37), (17, 38)),
    ),
)


def portrait(login: str, number: int) -> bytes:
    """A square PNG for the member of staff with this login; `number` picks the colours."""
    drawing = Image.new("RGB", (64 * FINE, 64 * FINE), GROUNDS[number % len(GROUNDS)])
    pen = ImageDraw.Draw(drawing)
    skin = SKINS[number % len(SKINS)]
    pen.ellipse(_box(8, 47, 56, 92), fill=JACKETS[number % len(JACKETS)])
    pen.rounded_rectangle(_box(26, 38, 38, 53), radius=5 * FINE, fill=skin)
    pen.polygon(
        _scaled([(26, 48), (32, 54), (38, 48), (41, 50), (32, 61), (23, 50)]), fill="#ffffff"
    )
    pen.ellipse(_box(20.5, 16.5, 43.5, 43.5), fill=skin)
    start, curves = LONG if login in LONG_HAIRED else SHORT
    pen.polygon(_scaled(_outline(start, curves)), fill=HAIRS[number // 2 % len(HAIRS)])
    out = io.BytesIO()
    drawing.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def _outline(start: Point, curves: Sequence[Curve]) -> list[Point]:
    points = [start]
    for first, second, end in curves:
        begin = points[-1]
        for step in range(1, STEPS + 1):
            t = step / STEPS
            weights = ((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3)
            corners = (begin, first, second, end)
            x = sum(w * c[0] for w, c in zip(weights, corners, strict=True))
            y = sum(w * c[1] for w, c in zip(weights, corners, strict=True))
            points.append((x, y))
    return points


def _scaled(points: Sequence[Point]) -> list[Point]:
    return [(x * FINE, y * FINE) for x, y in points]


def _box(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
    return left * FINE, top * FINE, right * FINE, bottom * FINE
