from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "parvis.delivery"
