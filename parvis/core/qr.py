"""QR codes as drawings that stand inside a page or a document."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_svg(text: str) -> SafeString:
    """A QR code (error correction M: up to 15 % of it may be dirty or torn) as an SVG drawing."""
    drawing = segno.make(text, error="m", micro=False).svg_inline(border=2, omitsize=True)
    return mark_safe(drawing)  # noqa: S308 - drawn from squares; the text itself is not in it
