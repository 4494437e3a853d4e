"""Amounts of money as people type them: ``4,20``, ``4.2``, ``€ 4.20``, ``1 234,50``, ``4€20``."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext_lazy as _

_CURRENCY = re.compile(r"(€|eur|chf|fr\.?)", re.IGNORECASE)
_EUROS_BETWEEN = re.compile(r"^(\d+)(?:€|eur|chf)(\d{2})$", re.IGNORECASE)
_PLAIN = re.compile(r"^(\d+)(?:[.,](\d{1,2}))?$")
_GROUPED = re.compile(r"^(\d{1,3}(?:\.\d{3})+),(\d{2})$|^(\d{1,3}(?:,\d{3})+)\.(\d{2})$")
_SPACES = re.compile(r"[\s\u00a0\u202f'’]")
MOST_CENTS = 9_999_999


def parse_amount(text: str) -> int:
    """The amount in cents. Raises ValueError for what is no amount, negative, too precise or ambiguous (``1.234``).

    >>> parse_amount("€ 4,2")
    420
    """
    bare = _SPACES.sub("", text)
    if between := _EUROS_BETWEEN.match(bare):
        return _cents(between.group(1), between.group(2))
    bare = _CURRENCY.sub("", bare).removesuffix(".-").removesuffix(",-").removesuffix(".–")
    if grouped := _GROUPED.match(bare):
        whole = grouped.group(1) or grouped.group(3)
        return _cents(re.sub(r"\D", "", whole), grouped.group(2) or grouped.group(4))
    plain = _PLAIN.match(bare)
    if plain is None:
        raise ValueError(f"no amount: {text!r}")
    return _cents(plain.group(1), plain.group(2) or "")


def _cents(whole: str, fraction: str) -> int:
    cents = int(whole) * 100 + int(fraction.ljust(2, "0") or "0")
    if cents > MOST_CENTS:
        raise ValueError("more than anything costs here")
    return cents


def show_amount(cents: int) -> str:
    """``4,20``: an amount as it stands in a box to be changed, without its currency."""
    mark = formats.get_format("DECIMAL_SEPARATOR", use_l10n=True)
    return f"{cents // 100}{mark}{cents % 100:02d}"


class AmountField(forms.CharField):
    """A box for an amount; its value is integer cents."""

    default_error_messages = {"amount": _("Write an amount like 4.20.")}

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 20)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, int):
            return value
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        try:
            return parse_amount(str(text))
        except ValueError:
            raise ValidationError(self.error_messages["amount"], code="amount") from None

    def run_validators(self, value: Any) -> None:
        """Lengths are those of what was typed, not of the number."""

    def prepare_value(self, value: Any) -> Any:
        return show_amount(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != self.to_python(initial))
        except ValidationError:
            return True
