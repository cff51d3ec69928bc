"""What a site's robots.txt allows us (RFC 9309): asked for pages; feeds are there to be read by programs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from urllib.parse import urlsplit

from protego import Protego

from connectors.asking.status import barred, no_answer
from connectors.connector import Failure, Purpose, Request, Response

# RFC 9309 2.5 asks for at least 500 KiB.
LIMIT = 512 * 1024
# RFC 9309 2.4: a day at most; a site that could not be asked is asked again sooner. Hours as StormCrawler has them.
KEPT, KEPT_UNREACHABLE = timedelta(hours=6), timedelta(hours=1)
# RFC 9309 2.3.1.4: a site that could not be asked for 30 days counts as one without rules.
GIVEN_UP = timedelta(days=30)
# A site that asks for more between two pages would have its news read a day late: its pages are left alone.
LONGEST_DELAY = 30.0
# Sites whose rules are remembered at once, and how long these may be together.
MAX_SITES, MAX_BYTES = 10_000, 64 * 1024 * 1024
# Sites whose silence a source remembers.
MOST_SILENT = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One site's robots.txt until it is asked again.

    `text` is None where the site could never be asked; `silent_since` is when
    it first failed to answer. Moments are UTC.
    """

    text: bytes | None
    until: datetime
    silent_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """Whether a page may be fetched, how many seconds lie between two fetches, and whether we would be too slow."""

    allowed: bool
    delay: float = 0.0
    is_too_slow: bool = False


@dataclass(slots=True)
class RobotsCache:
    """The rules of the sites asked lately; one question a site at a time."""

    rules: dict[str, Rules] = field(default_factory=dict)
    asking: dict[str, asyncio.Lock] = field(default_factory=dict)

    def known(self, origin: str, now: datetime) -> Rules | None:
        """Return the rules that still hold."""
        rules = self.rules.get(origin)
        return rules if rules is not None and rules.until > now else None

    def learn(self, origin: str, answer: Response | Failure, now: datetime) -> Rules:
        """Remember what a site answered and return its rules; those that hold no more, or not for long, make room."""
        learned = self.rules[origin] = rules_from(answer, now, self.rules.get(origin))
        if len(self.rules) > MAX_SITES or sum(len(rules.text or b"") for rules in self.rules.values()) > MAX_BYTES:
            lasting = sorted(self.rules.items(), key=lambda pair: pair[1].until)[len(self.rules) // 2 :]
            self.rules = {site: rules for site, rules in lasting if rules.until > now}
            self.asking = {site: lock for site, lock in self.asking.items() if site in self.rules or lock.locked()}
        return learned

    def recall(self, silent: Mapping[str, datetime]) -> None:
        """Take up since when sites did not answer, as a source remembers it; they are asked again at once."""
        for origin, since in silent.items():
            self.rules.setdefault(origin, Rules(text=None, until=since, silent_since=since))

    def silences(self, known: Mapping[str, datetime], unheard: str) -> dict[str, datetime]:
        """Return the sites that do not answer, and since when: those `known` and the one `unheard` now, if any."""
        found: dict[str, datetime] = {}
        for origin in {*known, unheard} - {""}:
            rules = self.rules.get(origin)
            since = [known.get(origin), rules.silent_since if rules else None]
            if rules is None or rules.silent_since:
                found[origin] = min(filter(None, since))
        return dict(sorted(found.items(), key=lambda pair: pair[1])[:MOST_SILENT])

    def lock(self, origin: str) -> asyncio.Lock:
        """Return the lock under which this site is asked."""
        return self.asking.setdefault(origin, asyncio.Lock())


def request_for(url: str) -> Request:
    """Return the request for the robots.txt that rules this page: of a longer file the beginning is enough."""
    parts = urlsplit(url)
    address = f"{parts.scheme}://{parts.netloc}/robots.txt"
    return Request(purpose=Purpose.PAGE, url=address, accept="text/plain, */*;q=0.1", limit=LIMIT, is_cut=True)


def _is_html(body: bytes) -> bool:
    """Whether a site answers with a page: its words are no rules, whatever they look like."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"


def _is_absent(failure: Failure) -> bool:
    """Whether there is no robots.txt: a client error, or more redirects than anybody need follow (RFC 9309 2.3.1.2)."""
    status = failure.status or 0
    is_client_error = HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR
    return (is_client_error and not failure.host_wide) or failure.about == "redirects"


def _silent(before: Rules | None, now: datetime) -> Rules:
    """Return the rules of a site that does not answer: what it last said, else nothing is allowed, for 30 days."""
    since = (before.silent_since if before else None) or now
    text = b"" if now - since >= GIVEN_UP else before.text if before else None
    return Rules(text=text, until=now + KEPT_UNREACHABLE, silent_since=since)


def rules_from(answer: Response | Failure, now: datetime, before: Rules | None = None) -> Rules:
    """Return the rules an answer makes; `before` are those it had."""
    if isinstance(answer, Response):
        return Rules(text=b"" if _is_html(answer.body) else answer.body, until=now + KEPT)
    if answer.ours:
        return Rules(text=before.text if before else None, until=now)
    return Rules(text=b"", until=now + KEPT) if _is_absent(answer) else _silent(before, now)


def leave(text: bytes, url: str, agent: str) -> Leave:
    """Return what the rules say to us about this page. Runs in a worker process: patterns can be hostile."""
    rules = Protego.parse(text.decode("utf-8-sig", "replace"))
    delay = float(rules.crawl_delay(agent) or 0.0)
    return Leave(
        allowed=rules.can_fetch(url, agent), delay=min(delay, LONGEST_DELAY), is_too_slow=delay > LONGEST_DELAY
    )


def agent_of(user_agent: str) -> str:
    """Return the product token that robots.txt files call us by."""
    return user_agent.partition("/")[0].strip() or "changehands"


def kept_out(said: Leave | None, url: str) -> Failure | None:
    """Return why a page is left alone, or None; `said` is None where the site did not answer."""
    if said is None:
        failure = no_answer(url, "the site's robots.txt does not answer, so its pages are left alone for now")
        return replace(failure, unheard=request_for(url).url)
    if not said.allowed:
        return barred(url, "the site's robots.txt forbids it to us", about="robots")
    if said.is_too_slow:
        text = f"the site's robots.txt asks for more than {LONGEST_DELAY:g} s between two pages, so they are left alone"
        return barred(url, text, about="robots")
    return None
