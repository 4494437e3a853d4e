"""Addresses of a town's pages. Each room lists its own."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import include, path, re_path
from django.views.static import serve


@login_not_required
def public_picture(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture that anyone may see; its name changes with its content, so browsers may keep it."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    if isinstance(response, FileResponse):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


urlpatterns = [
    path("", include("parvis.portal.urls")),
    path("", include("parvis.market.urls")),
    path("", include("parvis.delivery.urls")),
    path("", include("parvis.bulletin.urls")),
    path("", include("parvis.places.urls")),
    path("", include("parvis.towns.urls")),
    path("", include("parvis.demo.urls")),
    path("", include("parvis.portal.urls_composed")),
    path("accounts/", include("allauth.account.urls")),
    # Pictures that anyone may see; proofs of delivery are shown by the delivery room, to those who may see them.
    re_path(r"^media/(?P<path>(?:shops|products|places|posts)/.+)$", public_picture),
]

handler400 = "parvis.portal.views.bad_request"
handler403 = "parvis.portal.views.forbidden"
handler404 = "parvis.portal.views.not_found"
handler500 = "parvis.portal.views.server_error"
