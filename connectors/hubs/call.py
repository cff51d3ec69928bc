"""One POST to a hub, as a value (WebSub, section 5.1).

The hub's address is a stranger's, so gates and guard stand before it. Never met a real hub.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urljoin, urlsplit

import aiohttp

from connectors.asking.status import barred, refusal
from connectors.connector import Failure, Purpose
from connectors.http import failure_of
from connectors.hubs.leases import form
from connectors.hubs.pushing import Asking
from connectors.polling.means import Poller
from streams.dial import is_own_house, web_host
from streams.errors import SourceRefused
from streams.sources import SourceSettings

# A hub that does not serve subscriptions may lead to another (section 5.1.2): only so that the POST stays one.
REDIRECTS, MAX_REDIRECTS = frozenset({307, 308}), 3
MAX_REASON = 200
REDIRECTION = 300


def favoured(hub: str, *, is_own: bool) -> tuple[str, ...]:
    """Return where to ask: over HTTPS first, though it was named without (section 8); in our own house as named."""
    parts = urlsplit(hub)
    if is_own or parts.scheme != "http" or parts.port not in {None, 80}:
        return (hub,)
    return parts._replace(scheme="https", netloc=parts.netloc.removesuffix(":80")).geturl(), hub


async def posted(poller: Poller, source: SourceSettings, asking: Asking) -> Failure | None:
    """Ask a hub; None where it took the asking, which is no subscription yet. Every expected failure is returned."""
    failure: Failure | None = None
    try:
        for address in favoured(
            asking.lease.hub, is_own=is_own_house(source.allow_private, source.url, asking.lease.hub)
        ):
            failure = await _through(poller, source, address, asking)
            if failure is None or failure.status is not None:
                break
    except ValueError as error:  # an address that cannot even be taken apart
        return barred(asking.lease.hub, str(error))
    return failure


async def _through(poller: Poller, source: SourceSettings, address: str, asking: Asking) -> Failure | None:
    """Ask at an address and follow where it leads; each place is dialled by the guard."""
    for _ in range(MAX_REDIRECTS + 1):
        answer = await _politely(poller, source, address, asking)
        if not isinstance(answer, str):
            return answer
        address = urljoin(address, answer)
    return barred(asking.lease.hub, f"redirected more than {MAX_REDIRECTS} times", about="redirects")


async def _politely(poller: Poller, source: SourceSettings, address: str, asking: Asking) -> Failure | str | None:
    """Ask through the gate of the hub's host; one that lets nobody in is asked another day."""
    try:
        host = web_host(address)
    except SourceRefused as error:
        return barred(asking.lease.hub, str(error))
    if (wait := poller.gates.wait_for(host)) > 0:
        return Failure(outcome="refused", text=f"{host} asked to be left alone", weight=0.0, retry_after=wait)
    async with poller.gates.turn(host, Purpose.MORE, is_own=is_own_house(source.allow_private, source.url, address)):
        answer = await _once(poller, source, address, asking)
    if isinstance(answer, Failure) and answer.host_wide and answer.retry_after and not source.allow_private:
        poller.gates.shut(host, answer.retry_after)
    return answer


async def _once(poller: Poller, source: SourceSettings, address: str, asking: Asking) -> Failure | str | None:
    """Return None where the hub took it, where it leads to, or why it did not."""
    is_own = is_own_house(source.allow_private, source.url, address)
    session = poller.web.private if is_own else poller.web.public
    said = form(asking.lease, asking.mode)
    try:
        async with session.post(address, data=said, allow_redirects=False) as answer:
            if answer.status in REDIRECTS and (target := answer.headers.get("Location")):
                return target
            if answer.ok and answer.status < REDIRECTION:
                return None
            reason = (await answer.content.read(MAX_REASON)).decode("utf-8", "replace")
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return _refused(address, answer.status, reason, refusal(address, answer.status, headers, poller.now()))
    except SourceRefused as error:
        return barred(address, str(error))
    except (aiohttp.ClientError, OSError, ValueError) as error:
        failure = failure_of(address, error)
        return replace(failure, text=failure.text.replace("GET", "POST", 1))


def _refused(address: str, status: int, reason: str, failure: Failure) -> Failure:
    """Return the refusal with what the hub gave as its reason, in one line."""
    told = " ".join(reason.split())[:MAX_REASON]
    text = failure.text.replace(f"GET {address}", f"POST {address}", 1)
    return replace(failure, status=status, text=f"{text} ({told})" if told else text)
