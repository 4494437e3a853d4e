"""What people fill in: a post, a report, an address to follow by."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from parvis.bulletin.actions.posts import Words, plain
from parvis.bulletin.models import Follower, Post
from parvis.bulletin.models.posts import LONGEST
from parvis.core.forms import DayField, PictureField


class TextField(forms.CharField):
    """Text whose line ends count as one letter, as in the browser's own count."""

    def to_python(self, value: Any) -> str:
        return plain(str(super().to_python(value) or ""))


class PostForm(forms.Form):
    """News: a text is enough. ``place`` is asked only of those who speak for several."""

    place = forms.ChoiceField(label=_("Who says it"), widget=forms.RadioSelect)
    text = TextField(
        label=_("What is new"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "data_count": True}),
        error_messages={"required": _("Write what is new.")},
    )
    picture = PictureField(label=_("Picture"), required=False, help_text=_("From the camera, or one that you have."))
    drop_picture = forms.BooleanField(label=_("Remove the picture"), required=False)
    picture_words = TextField(
        label=_("What the picture shows"),
        max_length=120,
        required=False,
        help_text=_("For people who cannot see it: “A tray of pear tarts”."),
    )
    title = TextField(label=_("Title"), max_length=80, required=False)
    starts_on = DayField(
        label=_("First day"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    ends_on = DayField(
        label=_("Last day"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        places: Sequence[tuple[str, str]] = (),
        post: Post | None = None,
        place: str = "",
    ) -> None:
        initial: dict[str, Any] = {"place": place or (places[0][0] if places else "")}
        if post is not None:
            initial = {name: getattr(post, name) for name in ("text", "title", "picture_words", "starts_on", "ends_on")}
        super().__init__(data, files, initial=initial)
        chooser = self.fields["place"]
        assert isinstance(chooser, forms.ChoiceField)
        chooser.choices = list(places)
        if len(places) < 2:
            del self.fields["place"]
        if post is None or not post.picture:
            del self.fields["drop_picture"]

    @property
    def more_is_wrong(self) -> bool:
        """Whether something folded away needs a look."""
        return bool({"title", "starts_on", "ends_on", "picture_words"} & self.errors.keys()) or any(
            self[name].value() for name in ("title", "starts_on", "ends_on", "picture_words")
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day comes before the first."))
        return data

    def words(self) -> Words:
        """What was written, for the action."""
        data = self.cleaned_data
        picture = data.get("picture")
        return Words(
            text=data["text"],
            title=data["title"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            picture=picture if isinstance(picture, ContentFile) else None,
            picture_words=data["picture_words"],
            drop_picture=data.get("drop_picture", False),
        )


class ReportForm(forms.Form):
    """What is wrong with a post, for the town's agent."""

    note = TextField(
        label=_("What is wrong"),
        max_length=240,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Say in a few words what is wrong.")},
    )


class MailForm(forms.Form):
    """An address to be told at, and how often."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    digest = forms.ChoiceField(
        label=_("How often"),
        choices=[(key, label) for key, label in Follower.Digest.choices if key != Follower.Digest.NONE],
        initial=Follower.Digest.WEEKLY,
        widget=forms.RadioSelect,
    )
