"""Shops that were on the market before the directory said how they serve: it says so from now on."""

from django.db import migrations

# As parvis.market.directory had it when this was written: this step must not follow its later changes.
SERVICES = {"collect": "click-collect", "shop": "own-delivery", "post": "post", "bike": "bike-delivery"}


def say_services(apps, schema_editor):
    Shop, Place = apps.get_model("market", "Shop"), apps.get_model("places", "Place")
    shops = Shop.objects.select_related("place").prefetch_related("modalities")
    for shop in shops.order_by("pk").iterator(chunk_size=500):
        place = shop.place
        if place.organisation_id not in (None, shop.organisation_id):  # somebody else looks after the entry
            continue
        active = {way.kind for way in shop.modalities.all() if way.active} if shop.is_open else set()
        kept = [service for kind, service in SERVICES.items() if kind in active]
        services = [*kept, *(service for service in place.services if service not in SERVICES.values())]
        if set(services) != set(place.services):
            Place.objects.filter(pk=place.pk).update(services=services)


class Migration(migrations.Migration):
    dependencies = [
        ("market", "0003_search_index_is_always_ready"),
        ("places", "0003_living_directory"),
    ]

    operations = [migrations.RunPython(say_services, migrations.RunPython.noop, elidable=True)]
