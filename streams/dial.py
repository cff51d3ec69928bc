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
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# In these an IPv4 address stands in the last 32 bits: RFC 6052 (NAT64), RFC 2765 (SIIT, translated).
LAST_BITS = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::ffff:0:0:0/96"))

# What stands before it within a site's own tunnels, for local and for global addresses (RFC 5214).
ISATAP = frozenset({0x00005EFE, 0x02005EFE})


def _networks(text: str) -> tuple[Network, ...]:
    return tuple(map(ipaddress.ip_network, text.split()))


# Not public by the registries of special addresses (iana.org, 2025), whatever the list of this Python version says.
NOT_PUBLIC = _networks(
    "192.0.0.0/24 192.88.99.0/24 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001:db8::/32 3fff::/20 5f00::/16"
    " fec0::/10"
)
THIS_HOST = ipaddress.IPv4Network("0.0.0.0/8")
# Where clouds tell a machine its secrets, beside the link-local addresses: Azure, Alibaba, Oracle, Amazon, Google,
# Scaleway (their documentation of metadata services). Some are public, some are in private ranges.
METADATA = _networks(
    "168.63.129.16/32 100.100.100.200/32 192.0.0.192/32 fd00:ec2::/64 fd20:ce::254/128 fd00:42::42/128"
)


# Ports of services that are no web servers and can be made to take a GET for words of their own: the bad ports of
# fetch.spec.whatwg.org, section "Port blocking", all of them as they stood in the standard on 2 July 2026.
_SERVICES = """
    0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135
    137 139 143 161 179 389 427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719
    1720 1723 2049 3659 4045 4190 5060 5061 6000 6566 6665 6666 6667 6668 6669 6679 6697 10080
"""
NO_WEB = frozenset(map(int, _SERVICES.split()))


class AddressRefused(OSError):
    """The address behind a name is one we do not dial; an OSError so that aiohttp tries the name's next address."""


def _embedded(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if any(address in network for network in LAST_BITS) or int(address) >> 32 & 0xFFFFFFFF in ISATAP:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour


def _reached(address: Address) -> Address:
    """Return the address a packet comes to: tunnels and translators lead from IPv6 to IPv4."""
    embedded = _embedded(address) if isinstance(address, ipaddress.IPv6Address) else None
    return embedded or address


def is_dialable(text: str, *, allow_private: bool = False) -> bool:
    """Return whether this IP address may be dialled.

    Public unicast always; private and loopback only with `allow_private`;
    those where clouds keep their metadata, link-local, multicast, reserved and
    unspecified addresses never. What is no address in digits never either.
    """
    try:
        address = _reached(ipaddress.ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    if address.is_loopback:
        return allow_private
    if _is_never(address):
        return False
    return (address.is_global and not _within(address, NOT_PUBLIC)) or (allow_private and address.is_private)


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def _is_never(address: Address) -> bool:
    # All of 0.0.0.0/8 is "this host" (RFC 1122, section 3.2.1.3).
    is_special = address.is_link_local or address.is_multicast or address.is_unspecified or address.is_reserved
    return is_special or _within(address, (*METADATA, THIS_HOST))


def _guard(*, allow_private: bool) -> Callable[[Any], socket.socket]:
    def dial(info: tuple[Any, Any, int, str, tuple[Any, ...]]) -> socket.socket:
        family, kind, protocol, _, target = info
        if not is_dialable(str(target[0]), allow_private=allow_private):
            raise AddressRefused("the address is private, loopback, link-local or reserved")
        if not allow_private and target[1] in NO_WEB:
            raise AddressRefused(f"port {target[1]} is that of a service that is no web server")
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


def is_own_house(allowed: bool, home: str, url: str) -> bool:
    """Return whether an address lies at the host of a source that may be private; its permission goes no further.

    A bridge on this machine passes on strangers' links, which must not be
    fetched with its permission.
    """
    try:
        return allowed and web_host(home) == web_host(url)
    except SourceRefused:
        return False
