from django.apps import AppConfig


class MarketConfig(AppConfig):
    name = "parvis.market"

    def ready(self) -> None:
        from parvis.delivery.signals import bag_lost, delivery_ended, delivery_left
        from parvis.market.arrivals import on_bag_lost, on_delivery_ended, on_delivery_left

        delivery_ended.connect(on_delivery_ended)
        delivery_left.connect(on_delivery_left)
        bag_lost.connect(on_bag_lost)
