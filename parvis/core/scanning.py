"""Pages on which the camera reads codes. No other page may ask for it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse

POLICY = "Permissions-Policy"
CLOSED = "camera=(), microphone=(), geolocation=(self), payment=()"


def with_camera[**P](view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """This page's own scripts may use the camera, after the browser has asked whoever reads it."""

    @wraps(view)
    def answer(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = view(*args, **kwargs)
        response[POLICY] = CLOSED.replace("camera=()", "camera=(self)")
        return response

    return answer


class PermissionsPolicyMiddleware:
    """Camera, microphone and payment are shut on every page that does not open it; maps may ask where one is."""

    def __init__(self, get_response: Callable[[Any], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(POLICY, CLOSED)
        return response
