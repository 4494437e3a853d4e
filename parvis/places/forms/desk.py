"""What residents tell of an entry, and what an agent types at the desk."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.core.text import fold
from parvis.places.actions.upkeep import understood
from parvis.places.categories import CATEGORIES
from parvis.places.desk import STALE_MONTHS
from parvis.places.models import Report


class ReportForm(forms.Form):
    """What is wrong with an entry. ``website`` is a trap for machines: people do not see it."""

    kind = forms.ChoiceField(label=_("What is wrong?"), choices=Report.Kind.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("In your words"),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What should stand there instead?"),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("Only to tell you what came of it; deleted afterwards."),
    )
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """ "Something else" needs words."""
        data = super().clean() or {}
        if data.get("kind") == Report.Kind.OTHER and not data.get("words"):
            self.add_error("words", _("Say in a few words what is wrong."))
        return data


class SettleForm(forms.Form):
    """What came of a report."""

    outcome = forms.ChoiceField(
        label=_("What came of it?"),
        widget=forms.RadioSelect,
        choices=[
            (Report.Outcome.CORRECTED, _("The entry is corrected")),
            (Report.Outcome.RIGHT, _("The entry was right as it stood")),
            (Report.Outcome.GONE, _("The place has closed for good: take it out of the directory")),
        ],
    )
    answer = forms.CharField(
        label=_("A word to the resident"), max_length=600, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class HoursLineForm(forms.Form):
    """Hours in one line, as OpenStreetMap or a French speaker writes them; read before they are saved."""

    hours = forms.CharField(
        label=_("Opening hours"),
        max_length=1000,
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocapitalize": "off"}),
        help_text=_(
            "In French words (“du lundi au samedi de 9 h à 19 h”) or as OpenStreetMap writes them (Mo-Sa 09:00-19:00)."
        ),
    )

    def __init__(self, *args: Any, country: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country = country

    def clean_hours(self) -> str:
        """The value that a machine reads."""
        value = understood(self.cleaned_data["hours"], self.country)
        if not value:
            raise forms.ValidationError(
                _("We do not understand all of these hours. Try shorter: one line for each group of days."),
                code="hours",
            )
        return value


class StaleFilter(forms.Form):
    """Which old entries: since when, of which kind, on which street. Nonsense in one field leaves the others."""

    months = forms.TypedChoiceField(
        label=_("Not checked for"),
        choices=[(months, _("%(count)d months") % {"count": months}) for months in STALE_MONTHS],
        coerce=int,
        required=False,
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    street = forms.CharField(label=_("Street"), required=False, max_length=100)

    def __init__(self, *args: Any, kinds: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        here = sorted(
            ((key, CATEGORIES[key].label) for key in kinds if key in CATEGORIES), key=lambda k: fold(str(k[1]))
        )
        kind.choices = [("", _("All kinds")), *here]
