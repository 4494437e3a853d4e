"""Addresses of the map of the town, of what it is drawn from, and of the map inside other sites."""

from django.urls import path

from parvis.places.views import embed
from parvis.places.views import map as town_map

urlpatterns = [
    path("map/", town_map.town_map, name="map"),
    path("map/places.json", town_map.places_json, name="map-places"),
    path("map/ground.json", town_map.ground_json, name="map-ground"),
    path("map/tiles/<slug:version>/<slug:name>.pmtiles", town_map.tiles, name="map-tiles"),
    path("embed/map/", embed.embedded_map, name="embed-map"),
]
