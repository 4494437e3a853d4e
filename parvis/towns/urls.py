"""Addresses of the room ``towns``."""

from django.urls import path

from parvis.towns import views

urlpatterns = [
    path("addresses/", views.address_search, name="address-search"),
]
