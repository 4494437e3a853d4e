"""My account: what is held about me, taking it away, erasing it."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from parvis.core import mail_codes
from parvis.core.errors import Refusal
from parvis.core.mail_codes import MailCodeForm
from parvis.people.personal import subject_of
from parvis.people.requests import PersonRequest
from parvis.portal import rights

PURPOSE = "erase-me"


@require_safe
@never_cache
def account(request: PersonRequest) -> HttpResponse:
    """What is held about me, counted, and what I may do with it."""
    subject = subject_of(request.user)
    context = {"chapters": [c for c in rights.chapters(subject) if c.count], "proven": bool(subject.email)}
    return render(request, "portal/me.html", context)


@require_safe
@never_cache
def data(request: PersonRequest) -> HttpResponse:
    """Everything held about me as one ZIP."""
    at = timezone.now()
    headers = {"Content-Disposition": f'attachment; filename="my-data-{at:%Y-%m-%d}.zip"'}
    content = rights.archive(subject_of(request.user), at)
    return HttpResponse(content, content_type="application/zip", headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def erase(request: PersonRequest) -> HttpResponse:
    """What goes, what stays and why; then a code by mail; then it is done and cannot be undone."""
    at = timezone.now()
    subject = subject_of(request.user, proven=True)  # the code will show it
    hindrances = rights.hindrances(subject, at)
    form = MailCodeForm() if mail_codes.is_sent(request.session, PURPOSE, at) else None
    if request.method == "POST" and not hindrances:
        if "code" not in request.POST:
            what = _("it erases your account and all that is held about you.")
            mail_codes.send_code(
                request.session, PURPOSE, to=request.user.email, what=what, town_id=request.town.pk, at=at
            )
            return HttpResponseRedirect(reverse("me-erase"))
        form = MailCodeForm(request.POST)
        if form.proves(request.session, PURPOSE, at):
            try:
                rights.erase(subject=subject, at=at)
            except Refusal as refusal:
                form.add_error(None, str(refusal))
            else:
                logout(request)
                messages.success(request, _("Your account is erased. Nothing here leads to you any more."))
                return HttpResponseRedirect(reverse("home"))
    context = {"hindrances": hindrances, "kept": rights.kept(subject), "form": form, "email": request.user.email}
    return render(request, "portal/me_erase.html", context, status=422 if form is not None and form.errors else 200)
