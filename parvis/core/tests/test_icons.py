"""Icons are drawn in the page, and a mistyped name does not pass silently."""

from pathlib import Path
from typing import Any

import pytest

from parvis.core.icons import icon_svg


def test_an_icon_is_hidden_from_screen_readers() -> None:
    drawing = icon_svg("bike")
    assert 'aria-hidden="true"' in drawing
    assert "<circle" in drawing
    assert "\n" not in drawing


@pytest.mark.parametrize("name", ["no-such-icon", "../package", ""])
def test_an_unknown_name_is_an_error(name: str) -> None:
    with pytest.raises(ValueError, match="no icon called"):
        icon_svg(name)


def test_without_the_package_pages_still_work(settings: Any, tmp_path: Path) -> None:
    settings.NODE_MODULES = tmp_path
    icon_svg.cache_clear()
    try:
        assert icon_svg("bike") == ""
    finally:
        icon_svg.cache_clear()
