"""Addresses of the room ``places``. The page of one place, ``place``, is served by the portal, which fills it."""

from django.urls import include, path

from parvis.places.views import directory

urlpatterns = [
    path("", include("parvis.places.urls_map")),
    path("places/", directory.places, name="places"),
    path("places/<slug:slug>/", directory.place, name="place"),
    path("", include("parvis.places.urls_desk")),
]
