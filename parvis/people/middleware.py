"""Which language a visitor reads, and where a fragment goes when nobody is signed in any more."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect


class LanguageMiddleware:
    """Chosen by cookie, else by account, else by the browser among the town's languages, else the town's first.

    English is always offered: newcomers need it, whatever the town's languages are.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = choose_language(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if "immutable" not in response.headers.get("Cache-Control", ""):  # pictures and tiles speak no language
            patch_vary_headers(response, ["Accept-Language", "Cookie"])
        return response


def choose_language(request: HttpRequest) -> str:
    """One of the installation's languages for this request."""
    known = {code for code, _ in settings.LANGUAGES}
    town = getattr(request, "town", None)
    offered = [*town.languages, "en"] if town else list(known)
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if cookie in known:
        return cookie
    if request.user.is_authenticated and request.user.language in known:
        return request.user.language
    for accepted in request.headers.get("Accept-Language", "").split(","):
        code = accepted.split(";")[0].strip().lower()[:2]
        if code in offered and code in known:
            return code
    return town.default_language if town else settings.LANGUAGE_CODE


class SignInAgainMiddleware:
    """A fragment asked for after the session has ended sends the whole page to the sign-in, not the fragment.

    Afterwards the visitor comes back to the page they were on, not to the fragment's address.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.headers.get("HX-Request") != "true" or response.status_code != 302:
            return response
        sign_in = reverse(settings.LOGIN_URL, settings.ROOT_URLCONF)
        if not response.headers["Location"].startswith(sign_in):
            return response
        page = urlsplit(request.headers.get("HX-Current-URL", "")).path or "/"
        return HttpResponseClientRedirect(f"{sign_in}?{urlencode({'next': page})}")
