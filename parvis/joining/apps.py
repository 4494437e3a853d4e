from django.apps import AppConfig


class JoiningConfig(AppConfig):
    name = "parvis.joining"
