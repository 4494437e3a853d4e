"""Addresses of a town's pages. Each room lists its own."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.static import serve

urlpatterns = [
    path("", include("parvis.portal.urls")),
    path("", include("parvis.market.urls")),
    path("", include("parvis.delivery.urls")),
    path("", include("parvis.places.urls")),
    path("", include("parvis.towns.urls")),
    path("", include("parvis.demo.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("media/<path:path>", login_not_required(serve), {"document_root": settings.MEDIA_ROOT}),
]

handler400 = "parvis.portal.views.bad_request"
handler403 = "parvis.portal.views.forbidden"
handler404 = "parvis.portal.views.not_found"
handler500 = "parvis.portal.views.server_error"
