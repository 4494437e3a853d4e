"""Addresses of the portal."""

from django.urls import path

from parvis.portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("gallery/", views.gallery, name="gallery"),
    path("language/", views.set_language, name="set-language"),
]
