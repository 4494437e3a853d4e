"""What an agent types of an agreement with another town: the terms, and the last day by notice."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.errors import Refusal
from parvis.core.forms import DayField
from parvis.delivery.actions.agreements import check_host, check_neighbours
from parvis.delivery.models import Agreement, Hub
from parvis.towns.models import Town

MOST_BYTES = 10_000_000
_PDF = b"%PDF-"


def _day(label: Any, **kwargs: Any) -> DayField:
    return DayField(
        label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs
    )  # fmt: skip


class AgreementForm(forms.Form):
    """The terms as the host proposes them. They are not changed afterwards: who wants others proposes anew."""

    other = forms.CharField(
        label=gettext_lazy("Which town will your bikes also ride for?"),
        max_length=120,
        help_text=gettext_lazy("Its name, or the first part of its address here, such as issy."),
    )
    title = forms.CharField(
        label=gettext_lazy("Title or reference of the agreement"),
        max_length=160,
        help_text=gettext_lazy("As the councils call it."),
    )
    voted_on = _day(gettext_lazy("Voted on"))
    text = forms.CharField(
        label=gettext_lazy("Text of the agreement"),
        required=False,
        max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    paper = forms.FileField(
        label=gettext_lazy("The signed text as a PDF"),
        required=False,
        help_text=gettext_lazy("10 MB at most. Agents of the two towns can read it, nobody else."),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )
    hubs = forms.MultipleChoiceField(
        label=gettext_lazy("Hubs whose bikes and times are shared"), widget=forms.CheckboxSelectMultiple
    )
    starts_on = _day(gettext_lazy("First day"))
    ends_on = _day(
        gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: until one of the towns gives notice.")
    )
    notice_days = forms.IntegerField(
        label=gettext_lazy("Days of notice, for either town"),
        min_value=0,
        max_value=730,
        initial=90,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    rule = forms.ChoiceField(
        label=gettext_lazy("How the costs of each day are shared"),
        choices=Agreement.Rule.choices,
        widget=forms.RadioSelect,
    )
    guest_percent = forms.IntegerField(
        label=gettext_lazy("Per cent borne by the other town"),
        min_value=0,
        max_value=100,
        required=False,
        help_text=gettext_lazy("Only where costs are shared by a fixed per cent."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, town: Town, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.town = town
        self.hubs_by_id = _offer_hubs(self, town)

    check_other = staticmethod(check_neighbours)

    def clean_other(self) -> Town:
        """A town of this installation, by its name or its address."""
        text: str = self.cleaned_data["other"].strip()
        found = list(Town.objects.defer("backdrop").filter(slug=text.lower())[:1])
        found = found or list(Town.objects.defer("backdrop").filter(name__iexact=text)[:2])
        if len(found) != 1:
            said = _("Several towns are called %(town)s: type the first part of its address.")
            unknown = _("No town called %(town)s is on this installation.")
            raise forms.ValidationError((said if found else unknown) % {"town": text}, code="unknown")
        try:
            self.check_other(self.town, found[0])
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal), code="apart") from None
        return found[0]

    def clean_paper(self) -> Any:
        """Believed by its content, not by its name."""
        file = self.cleaned_data["paper"]
        if not file:
            return None
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is heavier than 10 MB. Choose a smaller one."), code="heavy")
        begin = file.read(len(_PDF))
        file.seek(0)
        if begin != _PDF:
            raise forms.ValidationError(_("This file is no PDF."), code="pdf")
        return file

    def clean(self) -> dict[str, Any]:
        """The text stands somewhere, days are in order, and a fixed per cent is a number."""
        data = super().clean() or {}
        if not data.get("text", "").strip() and not data.get("paper") and "paper" not in self.errors:
            self.add_error("text", _("Write the text of the agreement, or add it as a PDF."))
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day lies before the first."))
        if (
            data.get("rule") == Agreement.Rule.PERCENT
            and data.get("guest_percent") is None
            and "guest_percent" not in self.errors
        ):
            self.add_error("guest_percent", _("Write how many per cent the other town bears."))
        return data

    def values(self) -> dict[str, Any]:
        """What ``propose_agreement`` takes."""
        data = self.cleaned_data | {"text": self.cleaned_data["text"].strip()}
        other = data.pop("other")
        hubs = [self.hubs_by_id[key] for key in data["hubs"]]
        return data | {"town": self.town, "guest": other, "hubs": hubs}


class AskingForm(AgreementForm):
    """The terms as the guest proposes them: which town shall ride, which will name the hubs itself."""

    hubs = None  # type: ignore[assignment]
    check_other = staticmethod(check_host)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].label = _("Which town’s bikes shall also ride for yours?")
        self.fields["guest_percent"].label = _("Per cent borne by your town")

    def values(self) -> dict[str, Any]:
        """What ``propose_agreement`` takes."""
        data = self.cleaned_data | {"text": self.cleaned_data["text"].strip()}
        return data | {"town": data.pop("other"), "guest": self.town, "hubs": [], "from_guest": True}


class HubsForm(forms.Form):
    """The hubs that a host names as it signs what a guest has proposed."""

    hubs = forms.MultipleChoiceField(
        label=gettext_lazy("Hubs whose bikes and times are shared"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, town: Town, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hubs_by_id = _offer_hubs(self, town)
        if len(self.hubs_by_id) == 1:
            self.initial["hubs"] = list(self.hubs_by_id)

    def chosen(self) -> list[Hub]:
        """Those that are ticked."""
        return [self.hubs_by_id[key] for key in self.cleaned_data["hubs"]]


def _offer_hubs(form: forms.Form, town: Town) -> dict[str, Hub]:
    """The hubs of a town by their id, offered by the form's field where it has one."""
    field = form.fields.get("hubs")
    if field is None:
        return {}
    assert isinstance(field, forms.MultipleChoiceField)
    found = {str(hub.pk): hub for hub in Hub.objects.filter(town=town).order_by("id")}
    field.choices = [(key, f"{hub}, {hub.address}") for key, hub in found.items()]
    return found


class NoticeForm(forms.Form):
    """The last day by notice."""

    last_day = _day(gettext_lazy("The last day on which bikes are shared"))

    def __init__(self, *args: Any, soonest: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"last_day": soonest}, **kwargs})
