"""Icons of one family (``lucide-static``), drawn inside the page so that they take the colour of their word."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

_INSIDE = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


@cache
def icon_svg(name: str) -> SafeString:
    """The drawing called ``name``, hidden from screen readers: a word stands beside it.

    Raises ValueError for an unknown name. Without the package at all (error pages must still work) it is empty.
    """
    folder = Path(settings.NODE_MODULES) / "lucide-static" / "icons"
    file = folder / f"{name}.svg"
    if not re.fullmatch(r"[a-z0-9-]+", name) or not file.exists():
        if not folder.exists():
            return mark_safe("")
        raise ValueError(f"there is no icon called {name!r} in lucide-static")
    drawing = _INSIDE.search(file.read_text())
    inside = re.sub(r"\s*\n\s*", "", drawing.group(1)) if drawing else ""
    return mark_safe(  # noqa: S308 - a file of a pinned package, chosen by a name of letters
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" '
        'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">'
        f"{inside}</svg>"
    )
