"""One stylesheet from small ones, light enough for an old phone."""

import gzip
import os
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders

from parvis.core import stylesheet


def test_every_sheet_is_in_it_and_it_is_light() -> None:
    whole = stylesheet.joined()
    assert whole.startswith("@layer reset, tokens, theme, base")
    assert "/*" not in whole
    assert len(gzip.compress(whole.encode())) < 10_000  # as it travels
    on_disk = {str(p.relative_to(stylesheet.FOLDER)) for p in stylesheet.FOLDER.glob("components/*.css")}
    assert on_disk <= set(stylesheet.SHEETS)


def test_it_is_found_and_written_afresh_when_a_sheet_changes(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    found = Path(finders.find(stylesheet.NAME) or "")
    assert found.read_text() == stylesheet.joined()
    found.write_text("old")
    os.utime(found, (0, 0))
    assert (stylesheet.bundle() / stylesheet.NAME).read_text() == stylesheet.joined()


def test_fonts_and_themes_are_found() -> None:
    for name in ("fonts/atkinson.woff2", "fonts/bricolage.woff2", "core/themes/ixelles.css", "core/img/favicon.svg"):
        assert finders.find(name), name
    assert not finders.find("fonts/other.woff2")
