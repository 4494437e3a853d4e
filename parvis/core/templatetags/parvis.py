"""Tags and filters of every template (built in, no ``load`` needed)."""

from django import template

from parvis.core.money import format_money

register = template.Library()


@register.filter
def money(cents: int, currency: str = "EUR") -> str:
    """An amount in cents, as people of the active language write it."""
    return format_money(cents, currency)
