"""Pictures that people upload: believed only by their content, turned upright, stripped, made small.

What is kept is one WebP of at most 800 points a side (sharp on a phone's card and large enough for a page, about
60 kB), with nothing of the camera in it: no place, no time, no name. The bytes that came are never stored. Goods are
kept at up to 1200 points with copies of 320, 640 and 960 in AVIF, WebP and JPEG: a phone's card loads about 10 kB.
"""

import re
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from parvis.core.errors import Refusal
from parvis.core.ids import new_id

MOST_BYTES = 15_000_000
MOST_POINTS = 50_000_000  # a phone's best camera; a picture that unfolds to more is a bomb
SIDE = 800
QUALITY = 80
LARGE = 1200  # of a picture that has smaller copies
WIDTHS = (320, 640, 960)
COPIES: dict[str, tuple[str, dict[str, Any]]] = {  # in the order in which a browser is asked
    "avif": ("AVIF", {"quality": 60, "speed": 7}),
    "webp": ("WEBP", {"quality": QUALITY, "method": 4}),
    "jpg": ("JPEG", {"quality": QUALITY, "optimize": True, "progressive": True}),
}
PAPER = "#F7F4EE"
_SIZED = re.compile(r"_(?P<width>\d+)x(?P<height>\d+)\.webp$")
FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]  # JPEG opens MPO too, what many phones write and call JPEG


def clean_picture(file: IO[bytes], *, side: int = SIDE, sized: bool = False) -> "ContentFile[bytes]":
    """The picture in ``file`` as a fresh WebP named by a random id; ``sized`` puts its size into the name too.

    Raises Refusal, with a sentence for whoever chose it, when it is no picture, too heavy or too large.
    """
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refusal(_("This picture is heavier than 15 MB. Choose a smaller one."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is stricter
            with Image.open(BytesIO(data), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_POINTS:
                    raise Refusal(_("This picture is larger than 50 megapixels. Choose a smaller one."))
                picture.draft("RGB", (side * 2, side * 2))  # a JPEG is unfolded no further than needed
                small = _upright(picture, side)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError):
        raise Refusal(_("We cannot read this file as a picture. Choose a JPEG, PNG or WebP picture.")) from None
    out = BytesIO()
    small.save(out, "WEBP", quality=QUALITY, method=4)
    size = f"_{small.width}x{small.height}" if sized else ""
    return ContentFile(out.getvalue(), name=f"{new_id().hex}{size}.webp")


@dataclass(frozen=True, slots=True)
class Sized:
    """A picture with its size and the names of its smaller copies, by format, as (width, name), narrow ones first."""

    name: str
    width: int
    height: int

    @property
    def widths(self) -> list[int]:
        """The widths of the copies: never wider than the picture, at least one."""
        return [width for width in WIDTHS if width < self.width] or [self.width]

    def copy(self, width: int, suffix: str) -> str:
        """The name of one copy."""
        return f"{self.name.removesuffix('.webp')}-{width}.{suffix}"

    def copies(self) -> list[str]:
        """The names of all of them."""
        return [self.copy(width, suffix) for suffix in COPIES for width in self.widths]


def sized(name: str) -> Sized | None:
    """What the name of a stored picture tells; None for one that has no copies."""
    found = _SIZED.search(name)
    return Sized(name, int(found["width"]), int(found["height"])) if found else None


def make_copies(storage: Storage, name: str) -> None:
    """Store the smaller copies of a sized picture, in three formats: what each browser and screen needs, no more."""
    if (known := sized(name)) is None:
        return
    with storage.open(name) as file, Image.open(file, formats=["WEBP"]) as picture:
        whole = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    for width in known.widths:
        height = max(1, round(whole.height * width / whole.width))
        small = whole.resize((width, height), Image.Resampling.LANCZOS)
        for suffix, (kind, options) in COPIES.items():
            out = BytesIO()
            _flat(small, kind).save(out, kind, **options)
            storage.save(known.copy(width, suffix), ContentFile(out.getvalue()))


def _flat(picture: Image.Image, kind: str) -> Image.Image:
    """JPEG knows no transparency: it lies on stone paper there."""
    if kind != "JPEG" or picture.mode == "RGB":
        return picture
    paper = Image.new("RGB", picture.size, PAPER)
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def delete_picture(storage: Storage, name: str) -> None:
    """Delete a stored picture with all of its copies."""
    known = sized(name)
    for each in [name, *(known.copies() if known else [])]:
        storage.delete(each)


def _upright(picture: Image.Image, side: int) -> Image.Image:
    """A new image with the points of the first frame alone: turned, in sRGB, at most ``side`` wide and high."""
    profile: Any = picture.info.get("icc_profile")
    turned = ImageOps.exif_transpose(picture)
    mode = "RGBA" if turned.has_transparency_data else "RGB"
    plain = turned if turned.mode == mode else turned.convert(mode)
    plain.thumbnail((side, side), Image.Resampling.LANCZOS)
    if profile:
        plain = _to_srgb(plain, profile)
    fresh = Image.new(mode, plain.size)
    fresh.paste(plain)
    return fresh


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    """Colours as browsers show them; phones photograph in wider ones. A broken profile is no reason to refuse."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return picture
    return converted or picture
