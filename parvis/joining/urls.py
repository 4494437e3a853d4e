"""Addresses of the room ``joining``."""

from django.urls import path

from parvis.joining.views import asking, bank, invitation, opening
from parvis.joining.views.agent import calls, rules
from parvis.joining.views.agent import opening as agent_opening

urlpatterns = [
    # shops that would like to join
    path("join/", asking.join, name="join"),
    path("join/thanks/", asking.thanks, name="join-thanks"),
    path("join/thanks/<str:token>/", asking.joined, name="joined"),
    path("join/invitation/<str:secret>/", invitation.invitation, name="invitation"),
    # a merchant's first hour
    path("merchant/<slug:slug>/opening/", opening.opening, name="opening"),
    path("merchant/<slug:slug>/opening/<slug:key>/", opening.step, name="opening-step"),
    path("merchant/<slug:slug>/bank/", bank.mine, name="merchant-bank"),
    # the town's agents
    path("agent/accounts/", bank.accounts, name="agent-accounts"),
    path("agent/callbacks/", calls.calls, name="callbacks"),
    path("agent/callbacks/next/", calls.take_next, name="callback-next"),
    path("agent/callbacks/rules/", rules.rules, name="joining-rules"),
    path("agent/callbacks/<uuid:pk>/", calls.call, name="callback"),
    path("agent/callbacks/<uuid:pk>/take/", calls.take, name="callback-take"),
    path("agent/callbacks/<uuid:pk>/again/", calls.again, name="callback-again"),
    path("agent/callbacks/<uuid:pk>/release/", calls.release, name="callback-release"),
    path("agent/callbacks/<uuid:pk>/details/", calls.details, name="callback-details"),
    path("agent/callbacks/<uuid:pk>/entry/", calls.entry, name="callback-entry"),
    path("agent/callbacks/<uuid:pk>/confirm/", agent_opening.confirm, name="callback-confirm"),
    path("agent/callbacks/shops/", agent_opening.openings, name="openings"),
    path("agent/callbacks/shops/<slug:slug>/", agent_opening.opening, name="opening-of"),
    path("agent/callbacks/shops/<slug:slug>/invite/", agent_opening.send_invitation, name="opening-invite"),
    path("agent/callbacks/shops/<slug:slug>/open/", agent_opening.open_now, name="opening-open"),
    path("agent/callbacks/shops/<slug:slug>/items/<slug:key>/", agent_opening.note, name="opening-note"),
]
