"""The address guard: everything that dials out checks the address really dialled.

A name can lead anywhere and change between two look-ups, so the check stands
where the socket is made: literal addresses, names and redirects pass it alike.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from streams.errors import SourceRefused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# RFC 6052: an address in this prefix reaches the IPv4 address in its last 32 bits.
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class AddressRefused(OSError):
    """The address behind a name is one we do not dial; an OSError so that aiohttp tries the name's next address."""


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour


def _reached(address: Address) -> Address:
    embedded = _embedded(address) if isinstance(address, ipaddress.IPv6Address) else None
    return embedded or address


def is_dialable(text: str, *, allow_private: bool = False) -> bool:
    """Return whether this IP address may be dialled.

    Public unicast always; private and loopback only with `allow_private`;
    link-local (where clouds keep their metadata), multicast, reserved and
    unspecified addresses never.
    """
    address = _reached(ipaddress.ip_address(text))
    if address.is_loopback:
        return allow_private
    if address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved:
        return False
    return address.is_global or (allow_private and address.is_private)


def _guard(*, allow_private: bool) -> Callable[[Any], socket.socket]:
    def dial(info: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
        family, kind, protocol, _, target = info
        if not is_dialable(str(target[0]), allow_private=allow_private):
            raise AddressRefused("the address is private, loopback, link-local or reserved")
        return socket.socket(family=family, type=kind, proto=protocol)

    return dial


def guarded_connector(*, allow_private: bool = False, **options: Any) -> aiohttp.TCPConnector:
    """Return an aiohttp connector that dials only permitted addresses; `options` go to TCPConnector."""
    return aiohttp.TCPConnector(socket_factory=_guard(allow_private=allow_private), **options)


@lru_cache(maxsize=8192)  # the same few thousand addresses are asked about at every step of every request
def web_host(url: str) -> str:
    """Return the lower-case host of an http or https address; raises SourceRefused for any other."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise SourceRefused(f"{url[:200]!r} is not an address: {error}") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise SourceRefused(f"{url[:200]!r} is refused: only http and https addresses with a host are read")
    return host
