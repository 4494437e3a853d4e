"""Addresses of the room ``demo``."""

from django.urls import path

from parvis.demo import views

urlpatterns = [
    path("demo/", views.people, name="demo-people"),
    path("demo/enter/<uuid:pk>/", views.enter, name="demo-enter"),
]
