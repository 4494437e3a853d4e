"""Addresses of the dispatcher's pages, under ``/dispatch/``."""

from django.urls import path

from parvis.delivery.views import dispatch, fleet, hubs, streets
from parvis.delivery.views.why import why

urlpatterns = [
    path("", dispatch.board, name="dispatch"),
    path("plan/", dispatch.plan, name="dispatch-plan"),
    path("plans/<uuid:pk>/publish/", dispatch.publish, name="dispatch-publish"),
    path("plans/<uuid:pk>/discard/", dispatch.discard, name="dispatch-discard"),
    path("plans/<uuid:pk>/enough/", dispatch.enough, name="dispatch-enough"),
    path("move/", dispatch.move, name="dispatch-move"),
    path("rounds/<uuid:pk>/lock/", dispatch.lock, name="dispatch-lock"),
    path("refused/<uuid:pk>/read/", dispatch.refusal_read, name="dispatch-refusal-read"),
    path("deliveries/<str:code>/", dispatch.place, name="dispatch-place"),
    path("deliveries/<str:code>/why/", why, name="dispatch-why"),
    path("fleet/", fleet.fleet, name="dispatch-fleet"),
    path("fleet/bikes/new/", fleet.bike, name="dispatch-bike-new"),
    path("fleet/bikes/<uuid:pk>/", fleet.bike, name="dispatch-bike"),
    path("fleet/bikes/<uuid:pk>/broken/", fleet.broken, name="dispatch-broken"),
    path("fleet/bikes/<uuid:pk>/repaired/", fleet.repaired, name="dispatch-repaired"),
    path("fleet/bikes/<uuid:pk>/goods/", fleet.goods, name="dispatch-goods"),
    path("fleet/shifts/<uuid:pk>/remove/", fleet.remove, name="dispatch-shift-remove"),
    path("fleet/breaks/", fleet.breaks, name="dispatch-breaks"),
    path("fleet/cold/", fleet.cold, name="dispatch-cold"),
    path("fleet/windows/new/", fleet.window, name="dispatch-window-new"),
    path("fleet/windows/<uuid:pk>/", fleet.window, name="dispatch-window"),
    path("fleet/windows/repeat/", fleet.repeat, name="dispatch-windows-repeat"),
    path("hubs/new/", hubs.hub, name="dispatch-hub-new"),
    path("hubs/<uuid:pk>/", hubs.hub, name="dispatch-hub"),
    path("streets/", streets.streets, name="dispatch-streets"),
    path("streets/<uuid:pk>/open/", streets.opened, name="dispatch-street-open"),
]
