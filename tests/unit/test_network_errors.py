"""What each error of the network means, row by row."""

from __future__ import annotations

import errno
import socket
import ssl

import aiohttp
import pytest
from aiohttp.client_reqrep import ConnectionKey

from connectors.http import failure_of
from streams.dial import AddressRefused
from tests.feedmaker import URL

KEY = ConnectionKey("news.example", 80, False, True, None, None, None)


def dialling(error: OSError) -> aiohttp.ClientConnectorError:
    """Return the error as aiohttp tells it when it cannot connect."""
    return aiohttp.ClientConnectorError(KEY, error)


ROWS: dict[str, tuple[Exception, str, float, str]] = {
    "name, try again": (dialling(socket.gaierror(socket.EAI_AGAIN, "try again")), "unavailable", 0.25, "network"),
    "no such name": (dialling(socket.gaierror(socket.EAI_NONAME, "not known")), "unavailable", 0.5, ""),
    "name server fails": (dialling(socket.gaierror(socket.EAI_FAIL, "failed")), "unavailable", 0.5, ""),
    "network unreachable": (dialling(OSError(errno.ENETUNREACH, "unreachable")), "unavailable", 0.25, "network"),
    "refused": (dialling(ConnectionRefusedError(errno.ECONNREFUSED, "refused")), "unavailable", 0.5, ""),
    "host unreachable": (dialling(OSError(errno.EHOSTUNREACH, "no route")), "unavailable", 0.5, ""),
    "reset": (ConnectionResetError(errno.ECONNRESET, "reset"), "unavailable", 0.5, ""),
    "hung up": (aiohttp.ServerDisconnectedError(), "unavailable", 0.5, ""),
    "certificate": (
        aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError("expired")),
        "unavailable",
        0.5,
        "",
    ),
    "tls": (aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError("handshake")), "unavailable", 0.5, ""),
    "slow": (TimeoutError(), "unavailable", 0.5, ""),
    "slow to connect": (aiohttp.ConnectionTimeoutError(), "unavailable", 0.5, ""),
    "broken body": (aiohttp.ClientPayloadError("short"), "unavailable", 0.5, ""),
    "private address": (dialling(AddressRefused("private")), "refused", 1.0, "security"),
    "no address": (aiohttp.InvalidURL("http://"), "refused", 1.0, "security"),
}


@pytest.mark.parametrize("name", ROWS)
def test_row(name: str) -> None:
    """Each error has its word, its weight and what an operator should know, and its text names the address."""
    error, outcome, weight, about = ROWS[name]
    failure = failure_of(URL, error)
    assert (failure.outcome, failure.weight, failure.about) == (outcome, weight, about)
    assert failure.ours is (about == "network")
    assert URL in failure.text


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("refused", "cannot connect: Connection refused"),
        ("host unreachable", "cannot connect: No route to host"),
        ("reset", "the connection broke before the whole answer had come"),
        ("hung up", "the connection broke before the whole answer had come"),
        ("broken body", "the connection broke before the whole answer had come"),
    ],
)
def test_words(name: str, said: str) -> None:
    """What went wrong is told in words, without the names of a library's classes."""
    assert failure_of(URL, ROWS[name][0]).text == f"GET {URL}: {said}"


def test_tls_is_no_errno() -> None:
    """An error of TLS keeps its own words: its number is none of the system's."""
    error = dialling(ssl.SSLCertVerificationError(1, "certificate verify failed: expired"))
    assert "certificate verify failed: expired" in failure_of(URL, error).text
