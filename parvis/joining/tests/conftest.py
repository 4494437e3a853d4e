"""Shops that ask to join, as tests need them."""

from datetime import datetime

import pytest

from parvis.joining.actions.calls import Asked, preregister


@pytest.fixture
def ask(town, at):
    """``ask("Chez Nina")`` puts a shop on the list."""

    def asking(name="Fromagerie Nina", phone="+33199001234", *, when: datetime = at, where=town, **extra):
        values = {"sender": "", "language": "en", "place": None} | {k: extra.pop(k) for k in ("place",) if k in extra}
        return preregister(town=where, asked=Asked(shop_name=name, phone=phone, **extra), at=when, **values)

    return asking


def english(client):
    client.cookies["language"] = "en"
    return client


def text_of(answer):
    return answer.content.decode()
