from django.apps import AppConfig


class BulletinConfig(AppConfig):
    name = "parvis.bulletin"

    def ready(self) -> None:
        """Listen to the directory."""
        from parvis.bulletin.actions.merging import on_places_merged
        from parvis.places.signals import places_merged

        places_merged.connect(on_places_merged)
