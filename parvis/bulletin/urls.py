"""Addresses of the room ``bulletin``."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
