"""Addresses of the portal."""

from django.urls import path

from parvis.portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("about/", views.words, {"name": "about"}, name="about"),
    path("legal/", views.words, {"name": "legal"}, name="legal"),
    path("privacy/", views.words, {"name": "privacy"}, name="privacy"),
    path("accessibility/", views.words, {"name": "accessibility"}, name="accessibility"),
    path("gallery/", views.gallery, name="gallery"),
    path("language/", views.set_language, name="set-language"),
]
