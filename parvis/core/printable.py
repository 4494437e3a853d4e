"""Text without the signs that no page and no XML can hold."""

import re
from typing import Any

# What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets), and the controls of terminals
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """``text`` without control characters; tabs and ends of lines stay."""
    return _CONTROLS.sub("", text)


def printable_value(value: Any) -> Any:
    """The same for a value of an entry: text, or a table of texts; anything else as it is."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {name: printable_value(inner) for name, inner in value.items()}
    return value
