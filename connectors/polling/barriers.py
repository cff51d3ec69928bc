"""What stands before each address that is asked: the guard, robots.txt, the host's gate."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

from connectors.asking.private import checked_end
from connectors.asking.redirects import Hop, follow
from connectors.asking.robots import Leave, Rules, kept_out, leave, request_for
from connectors.asking.status import barred
from connectors.connector import Failure, Purpose, Request, Response
from connectors.kinds import KINDS
from connectors.listening.wires import token_in
from connectors.polling.means import Poller
from streams.dial import is_own_house, web_host
from streams.errors import SourceRefused, SourceUnreadable
from streams.sources import SourceSettings


async def answered(poller: Poller, source: SourceSettings, request: Request) -> Response | Failure:
    """Return what a request is answered, through its redirects; no progress is touched."""
    try:
        secret = await _secret(source, request)
    except SourceRefused as error:
        return barred(request.url, str(error), about="auth")
    return await follow(replace(request, secret=secret), partial(_ask, poller, source))


async def _secret(source: SourceSettings, request: Request) -> str:
    """Return the secret end of the source's own address, which pages do not bear; raises SourceRefused."""
    if source.token_file is None or request.purpose is Purpose.PAGE:
        return ""
    return checked_end(await asyncio.to_thread(token_in, source.token_file))


async def _ask(poller: Poller, source: SourceSettings, request: Request) -> Response | Failure | Hop:
    """Ask one address, the first or one that a redirect led to: robots.txt, gate and guard stand before each."""
    try:
        web_host(request.url)
    except SourceRefused as error:
        return barred(request.url, str(error))
    barrier = await _barrier(poller, source, request)
    return await _hop(poller, source, request) if barrier is None else barrier


async def _hop(poller: Poller, source: SourceSettings, request: Request) -> Response | Failure | Hop:
    is_own = _is_own(source, request)
    async with poller.gates.turn(web_host(request.url), request.purpose, is_own=is_own):
        answer = await poller.web.hop(request, allow_private=is_own, now=poller.now)
    if is_own:
        return answer
    return poller.network.judged(web_host(request.url), answer, poller.now())


def _is_own(source: SourceSettings, request: Request) -> bool:
    return is_own_house(source.allow_private, source.url, request.url)


def _obedience(source: SourceSettings, request: Request) -> str:
    """Return what robots.txt means for this request: pages obey, feeds as their source says, our own house is free."""
    if _is_own(source, request):
        return "ignore"
    is_page = request.purpose is Purpose.PAGE or KINDS[source.kind].asks_robots
    return "obey" if is_page else source.feed_robots


async def _barrier(poller: Poller, source: SourceSettings, request: Request) -> Failure | None:
    """Return why robots.txt keeps us from an address, None where it does not; its crawl-delay slows the host's gate."""
    obedience = _obedience(source, request)
    is_slowed = poller.robots.known(request_for(request.url).url, poller.now()) is not None
    if obedience == "ignore" or (obedience == "crawl-delay" and is_slowed):
        return None
    said = await _leave(poller, source, request)
    if said is not None:
        poller.gates.slow(web_host(request.url), said.delay)
    if obedience == "crawl-delay":
        return None
    return kept_out(said, request.url)


async def _leave(poller: Poller, source: SourceSettings, request: Request) -> Leave | None:
    """Return what robots.txt says of this address, None where it could not be had."""
    rules = await _rules(poller, source, request)
    if not rules.text:
        # No rules need no reading; rules that could not be had are something else.
        return None if rules.text is None else Leave(allowed=True)
    try:
        return await poller.readers.read(leave, request.url, rules.text, request.url, poller.agent)
    except SourceUnreadable:
        return None


async def _rules(poller: Poller, source: SourceSettings, request: Request) -> Rules:
    question = request_for(request.url)
    async with poller.robots.lock(question.url):
        known = poller.robots.known(question.url, poller.now())
        if known is None:
            answer = await follow(question, partial(_hop, poller, source))
            known = poller.robots.learn(question.url, answer, poller.now())
        return known
