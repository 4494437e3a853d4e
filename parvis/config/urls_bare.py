"""Addresses at the host without a town: the list of towns."""

from django.urls import include, path

urlpatterns = [path("", include("parvis.portal.urls_bare"))]

handler404 = "parvis.portal.views.not_found"
handler500 = "parvis.portal.views.server_error"
