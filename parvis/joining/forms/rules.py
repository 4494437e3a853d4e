"""What a town decides about joining."""

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.joining.models import Rules

if TYPE_CHECKING:
    _RulesBase = forms.ModelForm[Rules]
else:
    _RulesBase = forms.ModelForm


class RulesForm(_RulesBase):
    """How soon the town calls."""

    class Meta:
        model = Rules
        fields = ["call_within_days"]
        help_texts = {"call_within_days": _("Shops read it when they ask; what is later is shown as late.")}
