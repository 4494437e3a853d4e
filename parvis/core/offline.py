"""Pages that open without a network once they were seen, for one person on one device.

A view marked ``works_offline`` says in a header whose page it is; ``core/js/offline-worker.js`` keeps only such pages,
for some hours, and ``core/js/parvis.js`` drops them as soon as a page is shown to somebody else or to nobody. What was
tapped meanwhile (``core/js/queue.js``) says for whom it is sent: the session of somebody else is answered 403. Each
answer says the server's time, by which the phone knows how wrong its own clock is.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import quote

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from parvis.core.workers import worker_script

WHOSE = "Parvis-Whose"
NOW = "Parvis-Now"  # milliseconds since 1970
SAID = "Parvis-Said"  # why a tap is refused: a sentence, percent-encoded


def whose(person: Any) -> str:
    """A word for a person that says nothing of them; "" for nobody."""
    if not getattr(person, "is_authenticated", False):
        return ""
    return salted_hmac("parvis.core.offline", str(person.pk), algorithm="sha256").hexdigest()[:16]


def works_offline[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Mark a view whose pages may be kept on the person's device, and whose forms may be sent from there later."""

    @wraps(view)
    def marked(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        request = args[0]
        assert isinstance(request, HttpRequest)
        mine = whose(request.user)
        if request.headers.get(WHOSE, mine) != mine:
            return HttpResponseForbidden(_("This was tapped by somebody else."))
        response = view(*args, **kwargs)
        if mine and not request.headers.get("HX-Request"):  # a fragment is no page
            response.headers[WHOSE] = mine
        response.headers[NOW] = str(milliseconds())
        return response

    return marked


def milliseconds() -> int:
    """The server's time, as scripts count it."""
    return round(timezone.now().timestamp() * 1000)


def came_by_queue(request: HttpRequest) -> bool:
    """Whether a phone sends what was tapped before: nobody looks at the page that comes back."""
    return WHOSE in request.headers


def saying[R: HttpResponse](response: R, sentence: str) -> R:
    """An answer that tells the phone, in one sentence, why the tap cannot be used."""
    response.headers[SAID] = quote(sentence)
    return response


@login_not_required
@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """The service worker; it reaches no further than the folder of its address."""
    return worker_script("core/js/offline-worker.js")


@login_not_required
@require_safe
def not_kept(request: HttpRequest) -> HttpResponse:
    """What a device shows instead of a page that it has not kept; it holds nothing of anybody.

    It does not know who reads it either, so it takes no kept page away.
    """
    return render(request, "core/offline.html", {"user": None})
