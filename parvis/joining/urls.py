"""Addresses of the room ``joining``."""

from django.urls import path

from parvis.joining.views import asking
from parvis.joining.views.agent import calls, rules

urlpatterns = [
    # shops that would like to join
    path("join/", asking.join, name="join"),
    path("join/thanks/", asking.thanks, name="join-thanks"),
    path("join/thanks/<str:token>/", asking.joined, name="joined"),
    # the town's agents
    path("agent/callbacks/", calls.calls, name="callbacks"),
    path("agent/callbacks/next/", calls.take_next, name="callback-next"),
    path("agent/callbacks/rules/", rules.rules, name="joining-rules"),
    path("agent/callbacks/<uuid:pk>/", calls.call, name="callback"),
    path("agent/callbacks/<uuid:pk>/take/", calls.take, name="callback-take"),
    path("agent/callbacks/<uuid:pk>/release/", calls.release, name="callback-release"),
    path("agent/callbacks/<uuid:pk>/details/", calls.details, name="callback-details"),
    path("agent/callbacks/<uuid:pk>/entry/", calls.entry, name="callback-entry"),
]
