"""Reaching an address that somebody gave us: only the open internet, looked up once and connected to as looked up.

Whoever writes an address could name a machine of our own network. So a name is looked up here, each of its addresses
must be of the open internet, and the connection goes to what was looked up: a name that changes meanwhile
leads nowhere.
"""

import http.client
import ipaddress
import socket
import ssl

_NAT64 = ipaddress.ip_network("64:ff9b::/32")  # addresses inside addresses


class NotOpen(OSError):
    """The name leads to an address that is not of the open internet."""


class SecureConnection(http.client.HTTPSConnection):
    """https to an address already looked up; the certificate is still asked for by the name."""

    def __init__(self, host: str, port: int, address: str, timeout: float) -> None:
        self._context_ = ssl.create_default_context()
        super().__init__(host, port, timeout=timeout, context=self._context_)
        self._address = address

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = self._context_.wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def look_up(host: str, port: int, *, anywhere: bool = False) -> str:
    """The address behind a name. Raises NotOpen when one of them is not of the open internet, OSError for none."""
    found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not anywhere and any(is_inside(ipaddress.ip_address(address.partition("%")[0])) for address in found):
        raise NotOpen("not an address of the open internet")
    return found[0]


def is_inside(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is of a network of one's own, in any of the ways to write one."""
    if isinstance(address, ipaddress.IPv6Address):
        if address in _NAT64 or address.sixtofour or address.teredo:
            return True
        if address.ipv4_mapped:
            address = address.ipv4_mapped
    return not address.is_global or address.is_multicast
