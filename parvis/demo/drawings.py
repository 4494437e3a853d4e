"""Pictures of invented news: flat drawings in the town's colours, made here so that nobody's photograph is needed."""

from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 960, 540
STONE, SUN, BRICK, GREEN, INK, PAPER, CRUST = (
    "#ede7db", "#edb13a", "#b4432b", "#0e5a4a", "#1e2421", "#fffdf9", "#c98a3c",
)  # fmt: skip
type Draw = ImageDraw.ImageDraw


def drawing(name: str) -> BytesIO:
    """A PNG of one of ``DRAWINGS``, as a camera would hand it over."""
    image = Image.new("RGB", (WIDTH * 2, HEIGHT * 2), STONE)
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, HEIGHT * 1.3, WIDTH * 2, HEIGHT * 2), fill="#ddd5c6")
    DRAWINGS[name](pen)
    out = BytesIO()
    image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(out, "PNG")
    out.seek(0)
    return out


def _disc(pen: Draw, x: float, y: float, radius: float, fill: str, line: str = "") -> None:
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=fill, outline=line or None, width=10)


def _tart(pen: Draw) -> None:
    pen.rounded_rectangle((360, 760, 1560, 860), 40, fill="#8a5a2b")
    _disc(pen, 960, 500, 340, CRUST)
    _disc(pen, 960, 500, 285, SUN)
    for step in range(-2, 3):
        pen.line((960 + step * 105 - 130, 300, 960 + step * 105 + 130, 700), fill=CRUST, width=26)
        pen.line((960 + step * 105 + 130, 300, 960 + step * 105 - 130, 700), fill=CRUST, width=26)
    pen.ellipse((620, 160, 1300, 840), outline=CRUST, width=60)


def _fruit(pen: Draw) -> None:
    for row, count in enumerate((5, 4, 3, 2, 1)):
        for number in range(count):
            x = 960 + (number - (count - 1) / 2) * 200
            y = 780 - row * 150
            _disc(pen, x, y, 104, (SUN, "#e07b2e", BRICK)[(row + number) % 3])
            pen.polygon([(x, y - 92), (x + 70, y - 150), (x + 24, y - 80)], fill=GREEN)


def _market(pen: Draw) -> None:
    for stall, x in enumerate((120, 720, 1320)):
        colour = (GREEN, BRICK, SUN)[stall]
        for stripe in range(6):
            left = x + stripe * 80
            pen.polygon(
                [(left, 300), (left + 80, 300), (left + 80, 520), (left, 520)], fill=colour if stripe % 2 else PAPER
            )
            _disc(pen, left + 40, 520, 40, colour if stripe % 2 else PAPER)
        pen.rectangle((x + 20, 560, x + 40, 960), fill=INK)
        pen.rectangle((x + 440, 560, x + 460, 960), fill=INK)
        pen.rectangle((x, 800, x + 480, 860), fill="#8a5a2b")
        for thing in range(6):
            _disc(pen, x + 50 + thing * 76, 770, 36, (SUN, BRICK, GREEN)[(thing + stall) % 3])


def _bottles(pen: Draw) -> None:
    for number, colour in enumerate((GREEN, BRICK, "#3d4a52", "#8a5a2b")):
        x = 500 + number * 300
        pen.rounded_rectangle((x, 420, x + 190, 900), 40, fill=colour)
        pen.rounded_rectangle((x + 62, 180, x + 128, 500), 20, fill=colour)
        pen.rectangle((x, 560, x + 190, 760), fill=PAPER)
        _disc(pen, x + 95, 660, 54, SUN)


def _books(pen: Draw) -> None:
    for number, (colour, width) in enumerate(
        ((GREEN, 900), (SUN, 780), (BRICK, 860), ("#2c4ea8", 700), (PAPER, 620), ("#7d3187", 560))
    ):
        left, top = 960 - width / 2 + (-1) ** number * 40, 800 - number * 112
        pen.rounded_rectangle((left, top, left + width, top + 104), 14, fill=colour)
        pen.rectangle((left + 60, top + 20, left + 84, top + 84), fill=STONE if colour != PAPER else INK)


def _flowers(pen: Draw) -> None:
    heads = (
        (620, 360, BRICK),
        (820, 240, SUN),
        (1040, 300, BRICK),
        (1260, 250, SUN),
        (1330, 440, BRICK),
        (930, 460, SUN),
    )
    for x, y, _colour in heads:
        pen.line((x, y, 960, 820), fill=GREEN, width=20)
    for x, y, colour in heads:
        for dx, dy in ((-66, 0), (66, 0), (0, -66), (0, 66), (-48, -48), (48, 48), (48, -48), (-48, 48)):
            _disc(pen, x + dx, y + dy, 50, colour)
        _disc(pen, x, y, 46, INK if colour == SUN else SUN)
    pen.polygon([(740, 700), (1180, 700), (1080, 980), (840, 980)], fill=PAPER)


DRAWINGS: dict[str, Callable[[Draw], None]] = {
    "tart": _tart, "fruit": _fruit, "market": _market, "bottles": _bottles, "books": _books, "flowers": _flowers,
}  # fmt: skip
