"""Who trades in their own name, as an agent types it for the yearly report to the tax office."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.market.models import SellerPerson

if TYPE_CHECKING:
    _Base = forms.ModelForm[SellerPerson]
else:
    _Base = forms.ModelForm

OLDEST = 120  # years


class SellerPersonForm(_Base):
    """Name and birth; the number only where the business has none that the tax office knows the person by."""

    class Meta:
        model = SellerPerson
        fields = ("first_name", "last_name", "born_on", "tin", "born_in", "born_country")
        labels = {
            "first_name": gettext_lazy("First name"),
            "last_name": gettext_lazy("Family name"),
            "born_on": gettext_lazy("Date of birth"),
            "tin": gettext_lazy("Tax number"),
            "born_in": gettext_lazy("Place of birth"),
            "born_country": gettext_lazy("Country of birth"),
        }
        help_texts = {
            "tin": gettext_lazy("Only where it is another than the number of the business."),
            "born_in": gettext_lazy("Only where there is no tax number."),
            "born_country": gettext_lazy("Two letters, such as FR or BE."),
        }
        widgets = {"born_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_born_on(self) -> date:
        """A day on which somebody who sells today may be born."""
        born: date = self.cleaned_data["born_on"]
        if not self.today.year - OLDEST <= born.year or born > self.today:
            raise forms.ValidationError(_("This is no date of birth. Look at it again."))
        return born

    def clean_born_country(self) -> str:
        """``FR``; empty where nothing is typed."""
        typed: str = self.cleaned_data["born_country"].strip().upper()
        if typed and not (len(typed) == 2 and typed.isascii() and typed.isalpha()):
            raise forms.ValidationError(_("Write the two letters of the country, such as FR or BE."))
        return typed
