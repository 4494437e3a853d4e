"""Addresses of the room ``places``."""

from django.urls import path

from parvis.places import views

urlpatterns = [
    path("places/", views.places, name="places"),
    path("places/<slug:slug>/", views.place, name="place"),
]
