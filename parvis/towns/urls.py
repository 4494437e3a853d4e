"""Addresses of the room ``towns``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
