"""Pages that several rooms fill. They come last, so that an address of a room's own wins."""

from django.urls import path

from parvis.portal import place_page

urlpatterns = [
    path("places/<slug:slug>/", place_page.place, name="place"),
    path("places/<slug:slug>/edit/", place_page.edit, name="place-edit"),
    path("places/<slug:slug>/edit/services/", place_page.edit_services, name="place-edit-services"),
    path("places/<slug:slug>/history/<uuid:pk>/undo/", place_page.undo, name="place-undo"),
]
