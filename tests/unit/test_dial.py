"""The address guard."""

from __future__ import annotations

import pytest

from streams.dial import is_dialable, web_host
from streams.errors import SourceRefused

NEVER = ("169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "ff02::1", "240.0.0.1", "::ffff:169.254.169.254")
PRIVATE = (
    "127.0.0.1",
    "::1",
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "fd00::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
)


@pytest.mark.parametrize("address", NEVER)
def test_never(address: str) -> None:
    """Link-local (metadata), unspecified, multicast and reserved addresses are refused whatever a source allows."""
    assert not is_dialable(address)
    assert not is_dialable(address, allow_private=True)


@pytest.mark.parametrize("address", PRIVATE)
def test_private(address: str) -> None:
    """Private and loopback addresses, also dressed as IPv6, need the source's word."""
    assert not is_dialable(address)
    assert is_dialable(address, allow_private=True)


METADATA = ("168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254", "fd00:42::42")


@pytest.mark.parametrize("address", [*METADATA, "64:ff9b::a83f:8110", "2002:a83f:8110::", "0.0.0.1", "nonsense", ""])
def test_metadata(address: str) -> None:
    """Where clouds keep a machine's secrets, this host and what is no address at all are refused to everybody."""
    assert not is_dialable(address)
    assert not is_dialable(address, allow_private=True)


@pytest.mark.parametrize(
    "address",
    [
        "64:ff9b:1::1",
        "100::1",
        "3fff::1",
        "5f00::1",
        "fec0::1",
        "192.88.99.1",
        "2001:470::5efe:7f00:1",
        "::ffff:0:a00:1",
    ],
)
def test_registries(address: str) -> None:
    """What the registries of special addresses name is not public, whatever this version of Python has of them."""
    assert not is_dialable(address)


@pytest.mark.parametrize("address", ["100.64.0.1", "198.18.0.1", "192.0.2.1"])
def test_not_global(address: str) -> None:
    """Shared, benchmark and documentation ranges are not public."""
    assert not is_dialable(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101"])
def test_public(address: str) -> None:
    """Public unicast addresses are dialled."""
    assert is_dialable(address)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://a.example/", "//a.example", "http://", "http://[::1", "http://a:99999/", ""]
)
def test_refused_addresses(url: str) -> None:
    """Only http and https with a host and a real port are read, and the refusal shows the address."""
    with pytest.raises(SourceRefused) as caught:
        web_host(url)
    assert repr(url) in str(caught.value)


def test_host() -> None:
    """The host is in lower case, without port and user."""
    assert web_host("HTTPS://me:pw@News.Example:8443/x") == "news.example"
