"""Addresses of the room ``delivery``, one section for each person."""

from django.urls import URLPattern, URLResolver, include, path

from parvis.core import offline
from parvis.delivery.views import (
    doors,
    hub,
    hub_deliveries,
    hub_loading,
    hub_paper,
    hub_ratings,
    hub_rounds,
    hubs,
    rider,
    riderapp,
    shops,
)

HUB: list[URLPattern | URLResolver] = [
    path("", hub.bags, name="hub"),
    path("scan/", hub.scan, name="hub-scan"),
    path("bags/<slug:code>/", hub.bag, name="hub-bag"),
    path("bags/<slug:code>/needs/", hub.needs, name="hub-needs"),
    path("bags/<slug:code>/missing/", hub.missing, name="hub-missing"),
    path("bags/<slug:code>/lost/", hub.lost, name="hub-lost"),
    path("deliveries/", hub_deliveries.deliveries, name="hub-deliveries"),
    path("deliveries/<slug:code>/", hub_deliveries.delivery, name="hub-delivery"),
    path("deliveries/<slug:code>/pack/", hub_deliveries.pack, name="hub-pack"),
    path("deliveries/<slug:code>/take-out/", hub_deliveries.take_out, name="hub-take-out"),
    path("deliveries/<slug:code>/slip.pdf", hub_paper.delivery_slip, name="hub-slip-pdf"),
    path("deliveries/<slug:code>/slip/", hub_deliveries.delivery_slip, name="hub-slip"),
    path("ratings/", hub_ratings.ratings, name="hub-ratings"),
    path("here/<uuid:pk>/", hubs.choose, name="hub-choose"),
    path("rounds/", hub_rounds.rounds, name="hub-rounds"),
    path("rounds/<uuid:pk>/slips.pdf", hub_paper.round_slips, name="hub-slips-pdf"),
    path("rounds/<uuid:pk>/slips/", hub_deliveries.round_slips, name="hub-slips"),
    path("rounds/<uuid:pk>/load/", hub_loading.load, name="hub-load"),
    path("rounds/<uuid:pk>/load/scan/", hub_loading.scan, name="hub-load-scan"),
    path("rounds/<uuid:pk>/load/off/", hub_loading.off, name="hub-load-off"),
    path("rounds/<uuid:pk>/loading.pdf", hub_paper.loading_list, name="hub-loading-pdf"),
    path("rounds/<uuid:pk>/crates.pdf", hub_paper.crate_labels, name="hub-crate-labels"),
    path("rounds/<uuid:pk>/leave/", hub_rounds.leave, name="hub-leave"),
    path("rounds/<uuid:pk>/back/", hub_rounds.back, name="hub-back"),
]

RIDER: list[URLPattern | URLResolver] = [
    path("", rider.rider, name="rider"),
    path("manifest.webmanifest", riderapp.manifest, name="rider-manifest"),
    path("icon-<int:size>.png", riderapp.icon, name="rider-icon"),
    path("offline-worker.js", offline.worker, name="rider-worker"),
    path("offline.html", offline.not_kept, name="rider-not-kept"),
    path("share/", riderapp.share, name="rider-share"),
    path("position/", riderapp.position, name="rider-position"),
    path("rounds/<uuid:pk>/leave/", rider.leave, name="rider-leave"),
    path("rounds/<uuid:pk>/back/", rider.back, name="rider-back"),
    path("stops/<uuid:pk>/", doors.stop, name="rider-stop"),
    path("stops/<uuid:pk>/fetched/", shops.fetched, name="rider-fetched"),
    path("stops/<uuid:pk>/missed/", shops.missed, name="rider-missed"),
    path("stops/<uuid:pk>/handed/", doors.handed, name="rider-handed"),
    path("stops/<uuid:pk>/failed/", doors.failed, name="rider-failed"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("hub/", include(HUB)),
    path("rider/", include(RIDER)),
    path("dispatch/", include("parvis.delivery.urls_dispatch")),
    path("agent/sharing/", include("parvis.delivery.urls_agreements")),
]
