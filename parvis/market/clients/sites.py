"""Reading pages of a shop's own website: by http(s) only, from the open internet only, little and not for long.

``robots.txt`` of the site is asked first, and what it closes to us is not read. Redirects are followed three times,
each target looked at as the first address was.
"""

import http.client
import re
import time
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from django.conf import settings
from django.utils.translation import gettext as _

from parvis.core.clients.internet import NotOpen, SecureConnection, look_up
from parvis.core.errors import Refusal

AGENT = "Parvis"
TIMEOUT = 10  # seconds without a byte
MOST_SECONDS = 40  # of a whole site
MOST_PAGE = 3_000_000
MOST_PICTURE = 15_000_000
MOST_REDIRECTS = 3
_TEXT = (
    "text/html",
    "application/xhtml+xml",
    "application/json",
    "application/ld+json",
    "text/plain",
    "application/xml",
)


_HOST = re.compile(r"^[a-z0-9_.:-]+$", re.IGNORECASE)


class Unreachable(Refusal):
    """The page cannot be had; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Page:
    """What an address answered."""

    address: str
    kind: str
    content: bytes


@dataclass(slots=True)
class Site:
    """Pages of one site, within one time; what its robots.txt closes to us is refused."""

    deadline: float = field(default_factory=lambda: time.monotonic() + MOST_SECONDS)
    robots: dict[str, RobotFileParser] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether the time is used up."""
        return time.monotonic() > self.deadline

    def page(self, address: str) -> Page:
        """A page as text. Raises Unreachable."""
        page = self._read(address, MOST_PAGE)
        if page.kind and not page.kind.startswith(_TEXT):
            raise Unreachable(_("%(address)s is no web page.") % {"address": _short(address)})
        return page

    def picture(self, address: str) -> bytes:
        """The bytes of a picture. Raises Unreachable."""
        return self._read(address, MOST_PICTURE).content

    def _read(self, address: str, most: int) -> Page:
        for _step in range(MOST_REDIRECTS + 1):
            scheme, host, port, path = parts_of(address)
            if not self._may_read(address, scheme, host, port):
                raise Unreachable(
                    _("The site asks machines not to read %(address)s (robots.txt).") % {"address": _short(address)}
                )
            status, kind, target, content = self._get(scheme, host, port, path, most)
            if status in {301, 302, 303, 307, 308} and target:
                address = urljoin(address, target)
                continue
            if status != 200:
                raise Unreachable(
                    _("%(address)s answered with an error (%(status)d).")
                    % {"address": _short(address), "status": status}
                )
            return Page(urldefrag(address).url, kind, content)
        raise Unreachable(
            _("%(address)s leads from one address to the next without end.") % {"address": _short(address)}
        )

    def _may_read(self, address: str, scheme: str, host: str, port: int) -> bool:
        place = f"{scheme}://{host}:{port}"
        if place not in self.robots:
            rules = RobotFileParser()
            try:
                status, _kind, _target, content = self._get(scheme, host, port, "/robots.txt", 500_000)
            except Unreachable:
                status, content = 0, b""
            rules.parse(content.decode("utf-8", "replace").splitlines() if status == 200 else [])
            self.robots[place] = rules
        return self.robots[place].can_fetch(AGENT, address)

    def _get(self, scheme: str, host: str, port: int, path: str, most: int) -> tuple[int, str, str, bytes]:
        if self.is_over:
            raise Unreachable(_("The site is too slow."))
        away = Unreachable(_("%(host)s does not answer.") % {"host": host})
        connection: http.client.HTTPConnection | None = None
        try:
            place = look_up(host, port, anywhere=settings.SITES_ANYWHERE)
            connection = (
                SecureConnection(host, port, place, TIMEOUT)
                if scheme == "https"
                else http.client.HTTPConnection(place, port, timeout=TIMEOUT)
            )
            name = host if port in {80, 443} else f"{host}:{port}"
            headers = {"Host": name, "User-Agent": f"{AGENT}/1 (+https://{settings.BASE_HOST}/)", "Accept": "*/*"}
            connection.request("GET", path, headers=headers | {"Accept-Encoding": "identity"})
            answer = connection.getresponse()
            content = self._content(answer, most)
            kind = (answer.headers.get("Content-Type") or "").lower()
            return answer.status, kind, answer.headers.get("Location") or "", content
        except NotOpen:
            raise Unreachable(_("%(host)s is no site of the open internet.") % {"host": host}) from None
        except (OSError, http.client.HTTPException, UnicodeError, ValueError):
            raise away from None
        finally:
            if connection is not None:
                connection.close()

    def _content(self, answer: http.client.HTTPResponse, most: int) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while piece := answer.read(65_536):
            size += len(piece)
            if size > most:
                raise Unreachable(_("The page is bigger than %(most)d MB.") % {"most": most // 1_000_000})
            if self.is_over:
                raise Unreachable(_("The site is too slow."))
            pieces.append(piece)
        return b"".join(pieces)


def parts_of(address: str) -> tuple[str, str, int, str]:
    """Scheme, host, port and path of an address that may be read. Raises Unreachable with a sentence."""
    wrong = Unreachable(_("“%(address)s” is no address of a website.") % {"address": _short(address)})
    try:
        url = urlsplit(address)
        port = url.port or (443 if url.scheme == "https" else 80)
        host = (url.hostname or "").encode("idna").decode()
    except (ValueError, UnicodeError):
        raise wrong from None
    if (
        url.scheme not in {"http", "https"}
        or not host
        or url.username is not None
        or len(address) > 1000
        or not _HOST.match(host)
    ):
        raise wrong
    if port not in {80, 443} and not settings.SITES_ANYWHERE:
        raise wrong
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    safe = "".join(c if "!" <= c <= "~" else "".join(f"%{byte:02X}" for byte in c.encode()) for c in path)
    return url.scheme, host, port, safe


def _short(address: str) -> str:
    return address if len(address) <= 80 else f"{address[:77]}…"
