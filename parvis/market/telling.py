"""Ringing: a line by text message or by the browser where somebody asked for it, beside the mail that always leaves.

Each line has a key, so nothing rings twice; it waits for the end of quiet hours, and a newer line about the same order
takes its place. The words are those of ``LINES``, in the reader's language.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from parvis.core import outbox
from parvis.core.sms import fitted
from parvis.market.models import Order, Part, Shop, Telling, TellingBrowser
from parvis.people.models import Person, Role
from parvis.towns.links import town_url
from parvis.towns.models import Town

MOST_BROWSERS = 10

# What a line says: the shop's name is shortened where a text message would be too long.
LINES: dict[str, Promise] = {
    "order_placed": _("Your order %(code)s is with the shops."),
    "part_accepted": _("%(shop)s prepares your order %(code)s."),
    "part_refused": _("%(shop)s cannot prepare its part of order %(code)s. You pay nothing for it."),
    "part_missing": _("Your order %(code)s is ready, with things missing: you do not pay for them. %(shop)s"),
    "part_ready": _("Your order %(code)s is ready. %(shop)s"),
    "part_sent": _("Your order %(code)s is on its way. %(shop)s"),
    "part_done": _("Your order %(code)s has been handed over. %(shop)s"),
    "part_returned": _("Your order %(code)s came back. You pay nothing for it. %(shop)s"),
    "part_lost": _("A bag of your order %(code)s cannot be found. You pay nothing for it unless it comes. %(shop)s"),
    "part_packed_again": _("A lost bag of your order %(code)s is packed again. %(shop)s"),
    "part_choose_again": _("A lost bag of your order %(code)s is packed again: choose when it comes. %(shop)s"),
    "part_written_off": _("A bag of your order %(code)s was lost. You pay nothing for it. %(shop)s"),
    "part_lost_to_shop": _("%(shop)s: the bag of order %(code)s was lost on its way."),
    "order_moved": _("Your order %(code)s comes at another time."),
    "order_moved_to_shop": _("%(shop)s: order %(code)s comes by bike at another time."),
    "order_asked": _("May your order %(code)s come at another time? %(shop)s"),
    "order_kept_to_shop": _("%(shop)s: the buyer of order %(code)s keeps the time."),
    "order_settled": _("Of two times that suited you, your order %(code)s comes at the second."),
    "order_unplanned": _("No bike can bring your order %(code)s as promised. You can choose another time."),
    "order_planned_again": _("A bike brings your order %(code)s after all."),
    "order_collected": _("You collect your order %(code)s yourself."),
    "order_collected_to_shop": _("%(shop)s: order %(code)s is collected, no bike comes for it."),
    "order_left": _("The bike with your order %(code)s has left."),
    "order_delivered": _("Your order %(code)s has been handed over."),
    "order_failed": _("Your order %(code)s could not be handed over. It is back at the depot."),
    "withdrawal_refunded": _("%(shop)s pays back, order %(code)s."),
    "withdrawal_refused": _("%(shop)s does not pay back, order %(code)s."),
    "rider_comes": _("%(shop)s: a rider comes for order %(code)s."),
    "rider_called_off": _("%(shop)s: no rider comes for order %(code)s. Bring it to the hub."),
    "part_placed": _("%(shop)s: new order %(code)s."),
    "part_cancelled": _("%(shop)s: order %(code)s is cancelled."),
    "withdrawal_to_shop": _("%(shop)s: something of order %(code)s is sent back."),
}


def telling_of(order: Order) -> Telling | None:
    """What the buyer of an order asked for: by their account, or as a guest for this order."""
    wishes = Telling.objects.select_related("town").prefetch_related("browsers")
    if order.person_id:
        return wishes.filter(town=order.town_id, person=order.person_id).first()
    return wishes.filter(order=order).first()


def tell_buyer(order: Order, name: str, key: str, *, shop: Shop | None = None) -> None:
    """Ring for the buyer; ``key`` is that of the mail with the same news."""
    if not order.email or not outbox.is_wanted(order.email):
        return
    telling = telling_of(order)
    if telling is not None:
        path = reverse("order", args=[order.code]) + ("" if order.person_id else f"?key={order.secret}")
        _ring(telling, order, name, key, shop=shop, path=path, language=order.language)


def tell_merchants(part: Part, name: str, key: str) -> None:
    """Ring for those who speak for a shop and asked for it."""
    if not outbox.is_wanted(part.shop.slug):
        return
    people = Role.objects.filter(organisation=part.shop.organisation_id, kind=Role.Kind.MERCHANT).values("person")
    path = reverse("merchant-orders", args=[part.shop.slug])
    wishes = Telling.objects.filter(town=part.town_id, person__in=people)
    for telling in wishes.select_related("person", "town").prefetch_related("browsers"):
        language = (telling.person.language if telling.person else "") or telling.town.default_language
        _ring(telling, part.order, name, key, shop=part.shop, path=path, language=language)


def _ring(telling: Telling, order: Order, name: str, key: str, *, shop: Shop | None, path: str, language: str) -> None:
    about = f"{telling.pk.hex}:{order.code}:{shop.pk.hex[-8:] if shop else ''}"
    with translation.override(language):
        line = str(LINES[name])
    said = {"code": order.code, "shop": shop.name if shop else ""}
    ringing: dict[str, Any] = {"town_id": order.town_id, "quiet": telling.quiet, "about": about}
    if telling.by_sms and telling.phone:
        before, mark, after = line.partition("%(shop)s")
        link = f" {town_url(order.town, path)}"
        body = fitted(before % said, said["shop"] if mark else "", after % said + link)
        outbox.send_sms(key=f"sms:{telling.pk.hex}:{key}", to=telling.phone, body=body, **ringing)
    for browser in telling.browsers.all():
        if outbox.is_gone(browser.pk):
            browser.delete()
            continue
        words = {"title": order.town.name, "body": line % said, "url": path, "tag": order.code, "lang": language}
        keys = {"endpoint": browser.endpoint, "p256dh": browser.p256dh, "auth": browser.auth}
        outbox.send_push(key=f"push:{browser.pk.hex}:{key}", browser=browser.pk, keys=keys, message=words, **ringing)


def mine(*, town: Town, person: Person | None = None, order: Order | None = None) -> Telling:
    """The wishes as they stand; not written before somebody changes them."""
    known = Telling.objects.filter(town=town, person=person) if person else Telling.objects.filter(order=order)
    return known.first() or Telling(town=town, person=person, order=None if person else order)


def wish(
    *, telling: Telling, by_sms: bool, phone: str, quiet_from: int | None = None, quiet_until: int | None = None
) -> None:
    """Other wishes from now on; without hours of one's own the town's are quiet."""
    telling.by_sms, telling.phone = by_sms, phone
    telling.quiet_from, telling.quiet_until = quiet_from, quiet_until
    telling.save()


@transaction.atomic
def allow_browser(*, telling: Telling, endpoint: str, p256dh: str, auth: str, at: datetime) -> None:
    """This browser rings too; at most ten, the oldest makes room."""
    if telling._state.adding:
        telling.save()
    TellingBrowser.objects.update_or_create(
        telling=telling,
        endpoint=endpoint,
        defaults={"p256dh": p256dh, "auth": auth},
        create_defaults={"town": telling.town, "p256dh": p256dh, "auth": auth, "created_at": at},
    )
    newest = telling.browsers.order_by("-created_at", "-pk").values_list("pk", flat=True)[:MOST_BROWSERS]
    telling.browsers.exclude(pk__in=list(newest)).delete()
