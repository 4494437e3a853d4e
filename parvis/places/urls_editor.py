"""Addresses of the editor of an entry and of its history; the portal serves its first page, services and undo."""

from django.urls import path

from parvis.places.views import editor, history

urlpatterns = [
    path("my-places/", editor.mine, name="my-places"),
    path("places/<slug:slug>/right/", editor.right, name="place-right"),
    path("places/<slug:slug>/edit/hours/", editor.hours, name="place-edit-hours"),
    path("places/<slug:slug>/edit/days/", editor.days, name="place-edit-days"),
    path("places/<slug:slug>/edit/picture/", editor.picture, name="place-edit-picture"),
    path("places/<slug:slug>/edit/contact/", editor.section, {"key": "contact"}, name="place-edit-contact"),
    path("places/<slug:slug>/edit/words/", editor.section, {"key": "words"}, name="place-edit-words"),
    path("places/<slug:slug>/edit/where/", editor.where, name="place-edit-where"),
    path("places/<slug:slug>/edit/access/", editor.section, {"key": "access"}, name="place-edit-access"),
    path("places/<slug:slug>/history/", history.history, name="place-history"),
]
