"""What the rider says at a door: who took the goods, or why nobody did."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from parvis.core.errors import Refusal
from parvis.core.pictures import clean_picture
from parvis.delivery.actions.custody import code_of
from parvis.delivery.models import DeliveryEvent

PROOF_SIDE = 1280  # a name on a letter box can still be read


class HandOverForm(forms.Form):
    """A name or a photo: one of them is enough. ``scanned`` are codes of bags that were read at the door."""

    recipient = forms.CharField(
        label=gettext_lazy("Who took it"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "words", "enterkeyhint": "done"}),
    )
    neighbour = forms.BooleanField(label=gettext_lazy("A neighbour took it"), required=False)
    photo = forms.FileField(
        label=gettext_lazy("A photo of where it stands"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )

    scanned = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)

    def clean_scanned(self) -> list[str]:
        """Codes as they stand on labels."""
        said: str = self.cleaned_data["scanned"]
        return said.upper().split()

    def clean_photo(self) -> "ContentFile[bytes] | None":
        """The picture made small, without what the camera wrote into it."""
        upload = self.cleaned_data["photo"]
        if not upload:
            return None
        try:
            return clean_picture(upload, side=PROOF_SIDE)
        except Refusal as refusal:
            raise ValidationError(str(refusal)) from None

    def clean(self) -> dict[str, Any]:
        """Without any proof the goods are not handed over."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not data.get("recipient") and not data.get("photo"):
            self.add_error("recipient", _("Write who received it, or take a photo."))
        return data


class FetchForm(forms.Form):
    """What the rider takes at a shop: the codes of its bags, scanned or typed; ``note`` where they were not ready."""

    scanned = forms.CharField(
        label=gettext_lazy("Codes of the bags"),
        max_length=400,
        error_messages={"required": gettext_lazy("Scan or type the code of each bag.")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "code"}
        ),
    )

    def clean_scanned(self) -> list[str]:
        """Codes as they stand on labels."""
        said: str = self.cleaned_data["scanned"]
        return [code for code in map(code_of, said.replace(",", " ").split()) if code]


class MissForm(forms.Form):
    """The rider's words where a shop was not ready."""

    note = forms.CharField(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class FailForm(forms.Form):
    """Why nobody could take the goods; ``later`` where the rider comes by again on the same round."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What happened"),
        choices=[one for one in DeliveryEvent.WhyFailed.choices if one[0] != DeliveryEvent.WhyFailed.LOST],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say why it could not be handed over.")},
    )
    note = forms.CharField(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    later = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Another reason needs words."""
        data = super().clean() or self.cleaned_data
        if data.get("reason") == DeliveryEvent.WhyFailed.OTHER and not data.get("note"):
            self.add_error("note", _("Write what happened."))
        return data


class PositionForm(forms.Form):
    """Where a rider is, as their phone says."""

    lon = forms.FloatField(min_value=-180, max_value=180)
    lat = forms.FloatField(min_value=-90, max_value=90)
