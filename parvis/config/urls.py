"""Addresses of a town's pages. Each room lists its own."""

from django.urls import include, path, re_path

from parvis.config.pictures import picture

urlpatterns = [
    path("", include("parvis.portal.urls")),
    path("", include("parvis.market.urls")),
    path("", include("parvis.delivery.urls")),
    path("", include("parvis.bulletin.urls")),
    path("", include("parvis.joining.urls")),
    path("", include("parvis.places.urls")),
    path("", include("parvis.towns.urls")),
    path("", include("parvis.demo.urls")),
    path("", include("parvis.portal.urls_composed")),
    path("accounts/", include("allauth.account.urls")),
    re_path(r"^media/(?P<path>(?:shops|products|places|posts)/.+)$", picture),
]

handler400 = "parvis.portal.views.bad_request"
handler403 = "parvis.portal.views.forbidden"
handler404 = "parvis.portal.views.not_found"
handler500 = "parvis.portal.views.server_error"
