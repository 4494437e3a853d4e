"""Addresses of the room ``delivery``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
