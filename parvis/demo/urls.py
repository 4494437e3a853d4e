"""Addresses of the room ``demo``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
