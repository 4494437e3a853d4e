"""Addresses of the room ``market``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
