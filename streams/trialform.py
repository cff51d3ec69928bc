"""What a source would bring, as JSON: `changehands sources test --json`."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct, json

from connectors.connector import Response
from streams.items import RawItem
from streams.masking import masked
from streams.trialview import charset_of, form_of, headline, robots_words
from streams.trying import Report


class Told(Struct, frozen=True, kw_only=True):
    """A report as JSON."""

    id: str
    kind: str
    url: str
    readable: bool
    found: str
    status: int | None
    redirects: tuple[str, ...]
    encoding: str | None
    stated_encoding: tuple[str | None, ...]
    format: str
    title: str | None
    language: str | None
    entries: int
    next_at: datetime
    why: tuple[str, ...]
    validators: tuple[str, ...]
    hub: str | None
    items: tuple[dict[str, str | None], ...]
    page: dict[str, str | int | bool | None] | None
    offers: tuple[dict[str, str | None], ...]
    wrong: tuple[str, ...]
    hints: tuple[str, ...]


def as_json(report: Report) -> str:
    """Return the report as one JSON object."""
    trial, told, answer = report.trial, report.trial.described, report.trial.answer
    headers = answer.headers if isinstance(answer, Response) else {}
    shown = Told(
        id=trial.source.id,
        kind=trial.source.kind,
        url=masked(trial.source.url),
        readable=trial.is_read,
        found=report.found.why,
        status=trial.health.http_status,
        redirects=tuple(masked(one.url) for one in trial.asked[1:]),
        encoding=charset_of(told) if told else None,
        stated_encoding=told.stated if told else (),
        format=form_of(told) if told else "",
        title=told.title if told else None,
        language=report.language,
        entries=len(trial.items),
        next_at=trial.health.next_at,
        why=report.schedule,
        validators=tuple(name for name in ("etag", "last-modified") if headers.get(name)),
        hub=trial.progress.hub[0] if trial.progress and trial.progress.hub else None,
        items=tuple(_item(look.item, headline(look)) for look in report.looks),
        page=_page(report),
        offers=tuple({"url": masked(one.url), "kind": one.kind, "title": one.title} for one in report.found.offers),
        wrong=tuple(map(masked, report.wrong)),
        hints=tuple(map(masked, report.hints)),
    )
    return json.encode(shown).decode()


def _item(item: RawItem, words: str) -> dict[str, str | None]:
    when = item.published_at.isoformat() if item.published_at else None
    return {"published_at": when, "words": words, "url": masked(item.url), "handle": item.handle, "kind": item.kind}


def _page(report: Report) -> dict[str, str | int | bool | None] | None:
    behind, look = report.trial.behind, report.behind
    if behind is None:
        return None
    return {
        "url": masked(behind.url),
        "robots": robots_words(report.trial, behind.robots),
        "characters": len(look.read.body) if look and look.read else None,
        "stub": behind.item.stub if behind.item else None,
    }
