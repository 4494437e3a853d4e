"""The agent's page of the words that people of the town use for things."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from parvis.core.errors import Refusal
from parvis.people.access import require_role
from parvis.people.models import Role
from parvis.people.requests import PersonRequest
from parvis.towns.actions import add_synonym, remove_synonym
from parvis.towns.models import Synonym
from parvis.towns.synonyms import GROUPS


class SynonymForm(forms.Form):
    """A word that people type, and what it is called here."""

    word = forms.CharField(label=gettext_lazy("What people type"), max_length=40)
    means = forms.CharField(
        label=gettext_lazy("What it is called here"),
        max_length=80,
        help_text=gettext_lazy("Several names: put commas between them."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.Kind.AGENT)
def synonyms(request: PersonRequest) -> HttpResponse:
    """The town's own lines, to add to and to remove from; then those that every town starts with."""
    form = SynonymForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        try:
            line = add_synonym(
                town=request.town, word=asked["word"], means=asked["means"], at=timezone.now(), by=request.user
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Who types “%(word)s” now finds it.") % {"word": line.word})
            return redirect("agent-words")
    context = {
        "form": form,
        "lines": Synonym.objects.filter(town=request.town).order_by("word"),
        "ours": [line.split(" | ") for language in request.town.languages for line in GROUPS.get(language, ())],
    }
    return render(request, "portal/words.html", context, status=422 if form.errors else 200)


@require_POST
@require_role(Role.Kind.AGENT)
def remove(request: PersonRequest, pk: UUID) -> HttpResponse:
    """Forget one of the town's lines."""
    line = get_object_or_404(Synonym, town=request.town, pk=pk)
    remove_synonym(line=line, at=timezone.now(), by=request.user)
    messages.success(request, _("“%(word)s” is forgotten.") % {"word": line.word})
    return redirect("agent-words")
