"""How forms are drawn: one template for a field, label above, message between label and input; and pictures sent."""

from datetime import date
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext as _

from parvis.core.errors import Refusal
from parvis.core.pictures import SIDE, clean_picture


class ParvisRenderer(TemplatesSetting):
    """Fields are drawn by ``core/field.html`` through our own templates."""

    form_template_name = "core/form.html"
    field_template_name = "core/field.html"


FIRST_YEAR, LAST_YEAR = 2000, 2199


def within_reason(day: date) -> None:
    """Raises ValidationError for a day (or a moment) so far away that it is a slip of the finger: nobody means the
    year 0202, and no calendar reckons with days around 9999.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        said = _("Write a day between the years %(first)d and %(last)d.")
        raise forms.ValidationError(said % {"first": FIRST_YEAR, "last": LAST_YEAR}, code="far")


class DayField(forms.DateField):
    """A day that somebody may mean."""

    default_validators = [within_reason]


class PictureField(forms.FileField):
    """A picture from the phone; what comes out is clean and small."""

    widget = forms.FileInput(attrs={"accept": "image/*"})

    def __init__(self, *, side: int = SIDE, sized: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.side, self.sized = side, sized

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not file or file is initial:
            return None
        try:
            return clean_picture(file, side=self.side, sized=self.sized)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal), code="picture") from None
