"""Several pictures at once: each becomes a product that waits for its price, named by its file where it can be."""

import re
from collections.abc import Iterable
from pathlib import PurePath
from typing import IO, Any

from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.core.pictures import clean_picture
from parvis.market.goods.incoming import Incoming, Reading, RowError
from parvis.market.models import Product

MOST_PICTURES = 40
# What cameras and messengers call their pictures: numbers and dates are no names of goods.
_CAMERA = re.compile(
    r"^(?:img|image|dsc|dscn|dscf|pxl|p|mvimg|photo|foto|picture|screenshot|capture|whatsapp|signal|received|scan|fb)?"
    r"[\s_-]*(?:image|img|wa|e)?[\s_()\d.:-]*(?:wa\d+|at|a|à)?[\s_()\d.:-]*(?:am|pm|mp|copie|copy|kopie)?$",
    re.IGNORECASE,
)


def read_photos(files: "Iterable[IO[bytes]]") -> Reading:
    """Clean each picture and keep it beside its row. Raises Refusal for too many at once."""
    files = list(files)
    if len(files) > MOST_PICTURES:
        raise Refusal(_("Choose at most %(most)d pictures at once.") % {"most": MOST_PICTURES})
    reading = Reading()
    for row, file in enumerate(files, start=1):
        name = str(getattr(file, "name", "") or "")
        try:
            picture = clean_picture(file)
        except Refusal as refusal:
            reading.errors.append(RowError(row, name[-80:], str(refusal)))
            continue
        values: dict[str, Any] = {"picture": keep_picture(picture)}
        if said := name_of(name):
            values["name"] = said
        reading.incoming.append(Incoming(row, values))
    return reading


def keep_picture(picture: Any) -> str:
    """Put a clean picture where those of products are; gives its name there."""
    field: Any = Product._meta.get_field("picture")
    return str(field.storage.save(field.generate_filename(None, picture.name), picture))


def name_of(file_name: str) -> str:
    """``tarte-aux-pommes.jpg`` is "Tarte aux pommes"; what a camera wrote is nothing.

    >>> name_of("tarte_aux-pommes (2).jpg")
    'Tarte aux pommes'
    """
    stem = PurePath(file_name.replace("\\", "/")).name.rpartition(".")[0] or file_name
    bare = "".join(c for c in stem if c.isprintable())
    words = re.sub(r"\(\d+\)$", "", re.sub(r"[_\s-]+", " ", bare).strip()).strip()
    if _CAMERA.match(words) or not any(c.isalpha() for c in words) or re.fullmatch(r"[0-9a-f ]{16,}", words.lower()):
        return ""
    words = words[:140]
    return words[:1].upper() + words[1:]
