"""A file for the directory: whose data it is, and how to take it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from parvis.core.text import fold
from parvis.places.categories import CATEGORIES, GROUPS
from parvis.places.imports import GONE, KEEP


class ImportForm(forms.Form):
    """A file, and what it does not say itself."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV, Excel (.xlsx), GeoJSON, or an OpenStreetMap extract (.osm.pbf, .osm). 200 MB at most."),
    )
    source = forms.CharField(
        label=_("Whose data it is"),
        required=False,
        max_length=120,
        help_text=_(
            "Such as: Chamber of trades. Bring the next version under the same name. Leave it empty for a file of"
            " OpenStreetMap or one that was downloaded here."
        ),
    )
    kind = forms.ChoiceField(
        label=_("What the places are"), required=False, help_text=_("For files that do not say it themselves.")
    )
    missing = forms.ChoiceField(
        label=_("Places of this source that the file does not hold"),
        choices=[(KEEP, _("stay: the file is a part")), (GONE, _("have closed: the file is whole"))],
        initial=KEEP,
        widget=forms.RadioSelect,
    )
    add_alike = forms.BooleanField(label=_("Add also what looks like a place of another source"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", _("As the file says")), *((label, _kinds(group)) for group, label in GROUPS.items())]

    def options(self) -> dict[str, Any]:
        """What ``ImportRun.options`` keeps."""
        return {name: self.cleaned_data[name] for name in ("kind", "missing", "add_alike")}


def _kinds(group: str) -> list[tuple[str, Any]]:
    kinds = [(key, category.label) for key, category in CATEGORIES.items() if category.group == group]
    return sorted(kinds, key=lambda kind: fold(str(kind[1])))
