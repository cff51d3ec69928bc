"""What a site's robots.txt allows us (RFC 9309): asked for pages; feeds are there to be read by programs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from protego import Protego

from connectors.connector import Failure, Purpose, Request, Response
from connectors.status import barred, no_answer

# RFC 9309 2.5 asks for at least 500 KiB.
LIMIT = 512 * 1024
# RFC 9309 2.4: a day at most; a site that could not be asked is asked again sooner.
KEPT, KEPT_UNREACHABLE = timedelta(hours=6), timedelta(hours=1)
LONGEST_DELAY = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One site's robots.txt until it is asked again; `text` is None where the site could not be asked."""

    text: bytes | None
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Whether a page may be fetched, and how many seconds lie between two fetches at least."""

    allowed: bool
    delay: float = 0.0


@dataclass(slots=True)
class RobotsCache:
    """The rules of the sites asked lately; one question a site at a time."""

    rules: dict[str, Rules] = field(default_factory=dict)
    asking: dict[str, asyncio.Lock] = field(default_factory=dict)

    def known(self, origin: str, now: datetime) -> Rules | None:
        """Return the rules that still hold."""
        rules = self.rules.get(origin)
        return rules if rules is not None and rules.until > now else None

    def lock(self, origin: str) -> asyncio.Lock:
        """Return the lock under which this site is asked."""
        return self.asking.setdefault(origin, asyncio.Lock())


def request_for(url: str) -> Request:
    """Return the request for the robots.txt that rules this page."""
    parts = urlsplit(url)
    address = f"{parts.scheme}://{parts.netloc}/robots.txt"
    return Request(purpose=Purpose.PAGE, url=address, accept="text/plain, */*;q=0.1", limit=LIMIT)


def rules_from(answer: Response | Failure, now: datetime) -> Rules:
    """Return the rules an answer makes: a client error means there are none, no answer means nothing is allowed yet."""
    if isinstance(answer, Response):
        return Rules(text=answer.body, until=now + KEPT)
    if answer.ours:
        return Rules(text=None, until=now)
    status = answer.status or 0
    is_absent = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR and not answer.host_wide
    return Rules(text=b"", until=now + KEPT) if is_absent else Rules(text=None, until=now + KEPT_UNREACHABLE)


def leave(text: bytes, url: str, agent: str) -> Leave:
    """Return what the rules say to us about this page. Runs in a worker process: patterns can be hostile."""
    rules = Protego.parse(text.decode("utf-8", "replace"))
    delay = rules.crawl_delay(agent) or 0.0
    return Leave(allowed=rules.can_fetch(url, agent), delay=min(float(delay), LONGEST_DELAY))


def agent_of(user_agent: str) -> str:
    """Return the product token that robots.txt files call us by."""
    return user_agent.partition("/")[0].strip() or "changehands"


def forbidden(url: str) -> Failure:
    """Return that the site does not want this page read by us."""
    return barred(url, "the site's robots.txt forbids it to us", about="robots")


def unasked(url: str) -> Failure:
    """Return that the site's robots.txt could not be had, so that nothing may be fetched yet."""
    return no_answer(url, "the site's robots.txt does not answer, so its pages are left alone for now")
