from django.apps import AppConfig


class MarketConfig(AppConfig):
    name = "parvis.market"

    def ready(self) -> None:
        from parvis.delivery.signals import (
            bag_lost,
            bike_told,
            delivery_ended,
            delivery_left,
            fetching_told,
            window_settled,
        )
        from parvis.market.arrivals import (
            on_bag_lost,
            on_bike_told,
            on_delivery_ended,
            on_delivery_left,
            on_fetching_told,
            on_window_settled,
        )

        delivery_ended.connect(on_delivery_ended)
        delivery_left.connect(on_delivery_left)
        bag_lost.connect(on_bag_lost)
        window_settled.connect(on_window_settled)
        fetching_told.connect(on_fetching_told)
        bike_told.connect(on_bike_told)
