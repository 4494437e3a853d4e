"""Every page that a person can open: who, where, and (when the address is not known beforehand) by which link.

``follow`` is a list of selectors clicked one after the other from ``path``; the page looked at is the last one.
A new page gets a line here, so that axe looks at it.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Look:
    """One page of one person."""

    name: str
    path: str
    person: str = ""
    follow: list[str] = field(default_factory=list)


SHOP = "main a[href^='/shops/']"
PAGES = [
    Look("home", "/"),
    Look("search", "/search/?q=pain"),
    Look("search without result", "/search/?q=zzzzz"),
    Look("search with a mistake", "/search/?q=boulangrie"),
    Look("shops", "/shops/"),
    Look("shop", "/shops/", follow=["main a[href^='/shops/']:not([href*='?'])"]),
    Look("products", "/products/"),
    Look("product", "/products/", follow=["main a.card__link"]),
    Look("places", "/places/"),
    Look("place", "/places/", follow=["main a[href^='/places/']:not([href*='?'])"]),
    Look("map", "/map/"),
    Look("map of a street", "/map/?at=48.8235,2.2715,16&open=on&q=a"),
    Look("map on another site", "/embed/map/?group=shops"),
    Look("news", "/news/"),
    Look("news soon", "/news/?when=soon"),
    Look("news of a street", "/news/?street=rue+hoche"),
    Look("post", "/news/", follow=["main .post__title a"]),
    Look("report a post", "/news/", follow=["main .post__title a", "main a[href$='/report/']"]),
    Look("follow by mail", "/news/follow/"),
    Look("follow nothing", "/news/following/"),
    Look("empty basket", "/basket/"),
    Look("about", "/about/"),
    Look("legal", "/legal/"),
    Look("privacy", "/privacy/"),
    Look("accessibility", "/accessibility/"),
    Look("gallery", "/gallery/"),
    Look("sign in", "/accounts/login/"),
    Look("sign up", "/accounts/signup/"),
    Look("sign in by code", "/accounts/login/code/"),
    Look("reset", "/accounts/password/reset/"),
    Look("who to be", "/demo/"),
    Look("not here", "/nowhere/"),
    Look("my orders", "/orders/", "resident"),
    Look("order", "/orders/", "resident", ["main a[href^='/orders/']"]),
    Look("merchant orders", "/merchant/", "merchant"),
    Look("merchant order", "/merchant/", "merchant", ["main a[href*='/orders/']"]),
    Look("merchant products", "/merchant/", "merchant", ["a[href^='/merchant/'][href$='/products/']"]),
    Look(
        "merchant new product",
        "/merchant/",
        "merchant",
        ["a[href^='/merchant/'][href$='/products/']", "main a[href$='/products/add/']"],
    ),
    Look("merchant hours", "/merchant/", "merchant", ["a[href^='/merchant/'][href$='/hours/']"]),
    Look("merchant ways", "/merchant/", "merchant", ["a[href^='/merchant/'][href$='/ways/']"]),
    Look("merchant about", "/merchant/", "merchant", ["a[href^='/merchant/'][href$='/about/']"]),
    Look("merchant money", "/merchant/", "merchant", ["a[href^='/merchant/'][href$='/money/']"]),
    Look(
        "merchant product",
        "/merchant/",
        "merchant",
        [
            "a[href^='/merchant/'][href$='/products/']",
            "main a[href*='/products/']:not([href$='/add/']):not([href*='?'])",
        ],
    ),
    Look("my news", "/my-news/", "merchant"),
    Look("withdraw my news", "/my-news/", "merchant", ["main a[href$='/withdraw/']"]),
    Look("label", "/merchant/", "merchant", ["main a[href*='/label/']"]),
    Look("place of a shop", "/places/la-mie-du-parvis/", "merchant"),
    Look("my entries", "/my-places/", "merchant"),
    Look("entry", "/places/la-mie-du-parvis/edit/", "merchant"),
    Look("entry hours", "/places/la-mie-du-parvis/edit/hours/", "merchant"),
    Look("entry hours as text", "/places/la-mie-du-parvis/edit/hours/?as=text", "merchant"),
    Look("entry days", "/places/la-mie-du-parvis/edit/days/", "merchant"),
    Look("entry picture", "/places/la-mie-du-parvis/edit/picture/", "merchant"),
    Look("entry services", "/places/la-mie-du-parvis/edit/services/", "merchant"),
    Look("entry contact", "/places/la-mie-du-parvis/edit/contact/", "merchant"),
    Look("entry words", "/places/la-mie-du-parvis/edit/words/", "merchant"),
    Look("entry where", "/places/la-mie-du-parvis/edit/where/", "merchant"),
    Look("entry wheelchairs", "/places/la-mie-du-parvis/edit/access/", "merchant"),
    Look("entry history", "/places/la-mie-du-parvis/history/", "merchant"),
    Look("entry where, by the town", "/places/la-mie-du-parvis/edit/where/", "agent"),
    Look("entry history, for the town", "/places/la-mie-du-parvis/history/", "agent"),
    Look("hub", "/hub/", "hub"),
    Look("hub bag", "/hub/?window=day", "hub", ["main a[href*='/hub/bags/']"]),
    Look("hub deliveries", "/hub/deliveries/", "hub"),
    Look("hub delivery", "/hub/deliveries/?window=day", "hub", ["main a[href*='/hub/deliveries/']:not([href*='?'])"]),
    Look("hub rounds", "/hub/rounds/", "hub"),
    Look("dispatch", "/dispatch/", "dispatch"),
    Look("dispatch delivery", "/dispatch/", "dispatch", ["main a[href*='/dispatch/deliveries/']"]),
    Look("bike", "/dispatch/fleet/", "dispatch", ["main a[href*='/fleet/bikes/']"]),
    Look("window", "/dispatch/fleet/", "dispatch", ["main a[href*='/fleet/windows/']"]),
    Look("fleet", "/dispatch/fleet/", "dispatch"),
    Look("rider", "/rider/", "rider"),
    Look("rider stop", "/rider/", "rider", ["main a[href*='/rider/stops/']"]),
    Look("agent", "/agent/", "agent"),
    Look("agent words", "/agent/words/", "agent"),
    Look("news to look at", "/agent/news/", "agent"),
    Look("news of the town", "/my-news/", "agent"),
    Look("is it yours", "/places/cordonnerie-du-passage/claim/", "resident"),
    Look("something wrong", "/places/cordonnerie-du-passage/report/"),
    Look("something wrong, thanks", "/places/cordonnerie-du-passage/report/?thanks=1"),
    Look("how you are asked", "/places/la-mie-du-parvis/reminders/", "merchant"),
    Look("desk", "/agent/directory/", "agent"),
    Look("desk requests", "/agent/directory/claims/", "agent"),
    Look("desk request", "/agent/directory/claims/", "agent", ["main ul.rows a[href*='/claims/']"]),
    Look("desk reports", "/agent/directory/reports/", "agent"),
    Look("desk report", "/agent/directory/reports/", "agent", ["main ul.rows a[href*='/reports/']"]),
    Look("desk hours", "/agent/directory/hours/", "agent"),
    Look("desk hours of one", "/agent/directory/hours/retouches-amina/", "agent"),
    Look("desk incomplete", "/agent/directory/incomplete/", "agent"),
    Look("desk twice", "/agent/directory/twice/", "agent"),
    Look("desk old", "/agent/directory/old/", "agent"),
    Look("desk gone", "/agent/directory/gone/", "agent"),
    Look("desk, has it closed", "/agent/directory/places/retouches-amina/gone/", "agent"),
]
