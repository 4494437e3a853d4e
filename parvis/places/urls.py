"""Addresses of the room ``places``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
