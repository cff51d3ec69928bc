"""What every answer carries and every question must: a strict policy, and a host that is ours."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from streams.errors import ChangehandsError

# Nothing from outside, nothing inline, and no way for a script to turn a string into HTML.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

_READING = frozenset({"GET", "HEAD", "OPTIONS"})


async def harden(_request: web.Request, response: web.StreamResponse) -> None:
    """Put the policy on an answer about to be sent; errors and streams too. A newer version's files are asked for."""
    response.headers.update(HEADERS)
    response.headers.setdefault("Cache-Control", "no-cache")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine alone."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


@web.middleware
async def loopback_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse a question addressed to another name: a web page elsewhere may point its own name here (DNS rebinding)."""
    try:
        host = request.url.host or ""
    except ValueError:
        host = ""
    if not is_loopback(host):
        raise web.HTTPMisdirectedRequest(
            text="This page is bound to loopback and answers to localhost only; "
            "to reach it by another name set web.host and put a proxy with a login before it.\n"
        )
    return await handler(request)


@web.middleware
async def own_origin_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse whatever would change something and comes from another site's page.

    Browsers say with Sec-Fetch-Site, older ones with Origin, whose page asks;
    a program that is no browser says neither and carries nobody's login.
    """
    if request.method not in _READING and not _is_own(request):
        raise web.HTTPForbidden(
            text="This was asked for by a page of another site; ask from this one, or by a program.\n"
        )
    return await handler(request)


def _is_own(request: web.Request) -> bool:
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in {"same-origin", "none"}
    return origin is None or urlsplit(origin).netloc == request.headers.get("Host")


@web.middleware
async def clear_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer 503 with what is wrong and what to do where the journal cannot be read just now."""
    try:
        return await handler(request)
    except ChangehandsError as error:
        raise web.HTTPServiceUnavailable(text=f"{error}\n", headers={"Retry-After": "2"}) from error
