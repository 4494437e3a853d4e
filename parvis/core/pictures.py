"""Pictures that people upload: believed only by their content, turned upright, stripped, made small.

What is kept is one WebP of at most 800 points a side (sharp on a phone's card and large enough for a product's
page, about 60 kB), with nothing of the camera in it: no place, no time, no name. The bytes that came are never
stored.
"""

import warnings
from io import BytesIO
from typing import IO, Any

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from parvis.core.errors import Refusal
from parvis.core.ids import new_id

MOST_BYTES = 15_000_000
MOST_POINTS = 50_000_000  # a phone's best camera; a picture that unfolds to more is a bomb
SIDE = 800
QUALITY = 80
FORMATS = ["JPEG", "PNG", "WEBP", "GIF"]  # JPEG opens MPO too, what many phones write and call JPEG


def clean_picture(file: IO[bytes], *, side: int = SIDE) -> "ContentFile[bytes]":
    """The picture in ``file`` as a fresh WebP named by a random id.

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
    return ContentFile(out.getvalue(), name=f"{new_id().hex}.webp")


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
