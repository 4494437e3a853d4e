"""From which network address a request comes, behind as many proxies as the installation trusts."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The visitor's own address, as the trusted proxies say it (``PARVIS_PROXIES``); "" when nothing says it.

    The same answer as allauth's limits of sign-in use. What a visitor writes in the header itself is not believed.
    """
    try:
        return str(get_adapter().get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured):  # asked without its proxy: by a check on the machine itself
        return str(request.META.get("REMOTE_ADDR", ""))
