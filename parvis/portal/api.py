"""The machine pages of a town, described by OpenAPI at ``/api/v1/openapi.json``.

Public and read-only: facts that the pages show too. Any site may ask from a browser (CORS). What goes wrong is
said as RFC 9457 has it.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import conditional_page, require_safe
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from parvis.places.api.routes import router as directory
from parvis.places.models import Place
from parvis.towns.requests import TownRequest

DESCRIPTION = """The public facts of the town as data: places, when they are open, what they offer.
Ask with GET; no key is needed. Each place says whose data it is and under which words it may be used."""
PREFIX = "/api/v1/"
# What a curious person may click; the others are their own example.
EXAMPLES = {
    f"{PREFIX}places": f"{PREFIX}places?open_at=now&limit=10",
    f"{PREFIX}places.geojson": f"{PREFIX}places.geojson?group=shops",
}
MAX_AGE = 60  # seconds that an answer may be kept: "open now" is at most a minute old

api = NinjaAPI(
    title="Parvis",
    version="1",
    description=DESCRIPTION,
    docs_url=None,
    urls_namespace="api",
    openapi_url=None,  # ours is below: it names its paths without a namespace
)
api.add_router("", directory)


def _problem(status: int, title: str, detail: str = "") -> HttpResponse:
    said = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return HttpResponse(json.dumps(said, ensure_ascii=False), status=status, content_type="application/problem+json")


@api.exception_handler(ValidationError)
def _not_understood(request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
    assert isinstance(error, ValidationError)
    said = "; ".join(f"{_where(one['loc'])}: {one['msg']}" for one in error.errors)
    return _problem(422, "The question is not understood", said[:1000])


def _where(location: tuple[Any, ...]) -> str:
    """The name of a parameter, without the names that only our code knows."""
    return ".".join(str(part) for part in location if part not in {"query", "path", "question"})


@api.exception_handler(HttpError)
def _refused(request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
    assert isinstance(error, HttpError)
    return _problem(error.status_code, "The question cannot be answered", str(error))


@api.exception_handler(Http404)
def _not_here(request: HttpRequest, error: Http404 | type[Http404]) -> HttpResponse:
    return _problem(404, "Not here", "This town has nothing of that name.")


def _public(view: Callable[..., Any]) -> Callable[..., Any]:
    """Open to everybody, kept for a minute, not sent again when it has not changed."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = view(request, *args, **kwargs)
        response.headers["Access-Control-Allow-Origin"] = "*"
        if request.path.endswith(".geojson") and response.status_code == 200:
            response.headers["Content-Type"] = "application/geo+json"
        if response.status_code == 200:
            response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
        return response

    return login_not_required(conditional_page(answer))


def description() -> dict[str, Any]:
    """The OpenAPI description of everything below ``/api/v1/``."""
    described: dict[str, Any] = api.get_openapi_schema(path_prefix=PREFIX)
    for where, methods in described["paths"].items():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                response["content"] = {_media(where, int(status)): response["content"]["application/json"]}
    return described


def _media(where: str, status: int) -> str:
    """What an answer is sent as, where the framework knows only JSON."""
    if status >= 400:
        return "application/problem+json"
    return "application/geo+json" if where.endswith(".geojson") else "application/json"


def openapi(request: HttpRequest) -> HttpResponse:
    """The description as JSON."""
    return JsonResponse(description())


@login_not_required
def api_page(request: HttpRequest) -> HttpResponse:
    """What a developer can ask this town, with an address to try for each question."""
    operations = [
        {
            "path": where,
            "summary": one["summary"],
            "words": one.get("description", ""),
            "example": EXAMPLES.get(where, where),
            "parameters": [
                {"name": given["name"], "words": given["schema"].get("description", ""), "in": given["in"]}
                for given in one.get("parameters", [])
            ],
        }
        for where, methods in description()["paths"].items()
        for one in methods.values()
    ]
    place = Place.objects.of(cast(TownRequest, request).town).filter(hours_read=True).order_by("slug").first()
    slug = place.slug if place else "x"
    for operation in operations:
        operation["example"] = str(operation["example"]).replace("{slug}", slug)
    return render(request, "portal/api.html", {"operations": operations})


def patterns() -> list[URLPattern]:
    """The addresses below ``api/v1/``, each open to everybody."""
    found, _app, _namespace = api.urls
    listed = [
        path(str(entry.pattern), _public(entry.callback), name=f"api-{entry.name}")
        for entry in found
        if isinstance(entry, URLPattern) and entry.name != "api-root"
    ]
    return [path("openapi.json", _public(require_safe(openapi)), name="api-openapi"), *listed]
