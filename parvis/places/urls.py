"""Addresses of the room ``places``. The page of one place, ``place``, is served by the portal, which fills it."""

from django.urls import include, path

from parvis.places.views import directory, machines

urlpatterns = [
    path("", include("parvis.places.urls_imports")),
    path("", include("parvis.places.urls_map")),
    path("places/", directory.places, name="places"),
    path("places/<slug:slug>/hours.ics", machines.calendar, name="place-calendar"),
    path("places/<slug:slug>/poster.pdf", machines.poster, name="place-poster"),
    path("", include("parvis.places.urls_editor")),
    path("", include("parvis.places.urls_desk")),
]
