"""How much a stranger may have this town's worker send: so many new browsers an hour, so many on one host."""

import ipaddress
import re
from datetime import datetime
from urllib.parse import urlsplit

from django.core.cache import cache
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from parvis.bulletin.models import PushSubscription
from parvis.core.errors import Refusal
from parvis.towns.models import Town

# Where the browsers that people use have their push services (Chrome and Edge on Android, Firefox, Safari, Windows)
SERVICES = ("fcm.googleapis.com", "updates.push.services.mozilla.com")
SERVICE_DOMAINS = (".push.apple.com", ".notify.windows.com")
MOST_ON_A_DOMAIN = 50  # of any other: a service that nobody here knows may serve some, and is no target for many
MOST_AN_HOUR = 20  # new browsers from one network address, in each process of the server


def must_be_few(town: Town, address: str, at: datetime) -> None:
    """Count one more newcomer from this network address. Raises Refusal beyond ``MOST_AN_HOUR``."""
    digest = salted_hmac("bulletin.push", f"{at:%Y-%m-%d %H}:{address}", algorithm="sha256").hexdigest()[:32]
    key = f"push-newcomers:{town.pk}:{digest}"
    cache.add(key, 0, 3600)
    try:
        count = cache.incr(key)
    except ValueError:  # thrown out meanwhile
        return
    if count > MOST_AN_HOUR:
        raise Refusal(_("Thank you, that is a lot for one hour. Come back later, or call the town hall."))


def must_have_room(town: Town, endpoint: str) -> None:
    """Raises Refusal where a host that is no known push service has as many browsers as it may have."""
    host = (urlsplit(endpoint).hostname or "").rstrip(".")
    if host in SERVICES or host.endswith(SERVICE_DOMAINS):
        return
    beside = rf"^https?://([^/]*\.)?{re.escape(_domain(host))}\.?(:[0-9]+)?(/|$)"
    if PushSubscription.objects.filter(town=town, endpoint__iregex=beside).count() >= MOST_ON_A_DOMAIN:
        raise Refusal(_("This browser cannot be told. Nothing has changed."))


def _domain(host: str) -> str:
    """The last two names of a host: whoever owns them can make as many hosts as they like."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return ".".join(host.split(".")[-2:])
    return host
