"""Addresses of the host that lists the towns."""

from django.urls import path

from parvis.portal import views

urlpatterns = [
    path("", views.towns, name="towns"),
    path("language/", views.set_language, name="set-language"),
]
