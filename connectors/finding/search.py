"""From any address to a source: the address itself, what it offers, where feeds usually lie; politely and bounded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from connectors.connector import Response
from connectors.finding.discovery import Offer, guesses, links_in, offers, place
from connectors.finding.trial import Bench, Trial
from streams.sources import SourceSettings

# Addresses tried beside the one that was given.
MOST_TRIES = 8

Try = Callable[[SourceSettings], Awaitable[Trial]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an address led to.

    `trial` is of the source that can be read, else of the address itself.
    `why` says how it was found, `offers` is what the address offers, `missed`
    are the addresses that were tried in vain, and `links` says where the links
    of a page without feeds stand.
    """

    trial: Trial
    why: str = ""
    offers: tuple[Offer, ...] = ()
    missed: tuple[str, ...] = ()
    links: str = ""


def placed(source: SourceSettings) -> tuple[SourceSettings, str]:
    """Return the source as its address says, where that is one of a known service, and why."""
    offer = place(source.url)
    return (_as(source, offer), offer.why) if offer and source.kind == "feed" else (source, "")


def _as(source: SourceSettings, offer: Offer) -> SourceSettings:
    # A link to a feed is often called "News"; the feed has a name of its own.
    name = source.name or (offer.title if offer.kind != "feed" else None)
    told = {"kind": offer.kind, "url": offer.url, "name": name}
    return source.model_copy(update=told | ({"accounts": offer.accounts} if offer.accounts else {}))


async def looked_at(at: Bench, source: SourceSettings, attempt: Try) -> Found:
    """Try the source as it is or as its address says; of what cannot be read see what else it is and offers."""
    source, why = placed(source)
    trial = await attempt(source)
    if trial.is_read or source.kind != "feed" or not isinstance(trial.answer, Response):
        return Found(trial=trial, why=why)
    if trial.described and trial.described.is_sitemap:
        return Found(trial=await attempt(source.model_copy(update={"kind": "sitemap"})), why="it is a sitemap")
    named = await at.run(offers, trial.answer.url, trial.answer) or ()
    links = "" if named else await at.run(links_in, trial.answer.url, trial.answer)
    return Found(trial=trial, why=why, offers=named, links=links or "")


async def find(at: Bench, source: SourceSettings, attempt: Try) -> Found:
    """Return the first thing that can be read: at the address, among what it offers, at the usual places."""
    found = await looked_at(at, source, attempt)
    if found.trial.is_read or not isinstance(found.trial.answer, Response) or found.trial.source.kind != "feed":
        return found
    missed: list[str] = []
    # What the page names lies behind its redirects; so do the usual places.
    for offer in (*found.offers, *guesses(found.trial.answer.url))[:MOST_TRIES]:
        trial = await attempt(_as(source, offer))
        if trial.is_read:
            return Found(trial=trial, why=offer.why, offers=found.offers, missed=tuple(missed))
        missed.append(offer.url)
    return replace(found, missed=tuple(missed))
