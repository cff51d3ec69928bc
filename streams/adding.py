"""From what a person types to a source: ids found or made, twins refused, settings checked."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from connectors.finding.naming import id_for
from connectors.finding.search import placed
from connectors.newsroom import sources_of
from connectors.starter import starter_sources
from streams.configfile import twin_of
from streams.dial import web_host
from streams.errors import ConfigError, NotKnown, SourceRefused
from streams.masking import masked
from streams.roster import DEMO_HOME, known
from streams.settings import Settings
from streams.sources import SourceSettings
from streams.trying import Report, seen_language, spelled

_LIKE = 3


def addressed(text: str) -> str:
    """Return what was typed as an address: https where no scheme is named; raises SourceRefused."""
    text = text.strip()
    url = text if "://" in text else f"https://{text.lstrip('/')}"
    web_host(url)
    return url


def meant(what: str, given: Mapping[str, Any], settings: Settings) -> SourceSettings:
    """Return the source of this id, or one at this address; raises NotKnown with the ids that are like it."""
    there = {source.id: source for source, _ in known(settings)}
    if what in there:
        if there[what].demo:
            raise SourceRefused(f"{what} is fictional: the DEMO newsroom is there only while `run` is running")
        return _made({**there[what].model_dump(exclude_defaults=True), **_said(given)})
    is_address = "." in what or "://" in what or "/" in what or given["kind"]
    if not is_address:
        close = difflib.get_close_matches(what, there, n=_LIKE)
        hint = f"; did you mean {', '.join(close)}?" if close else "; `changehands sources list` lists them"
        raise NotKnown(f"there is no source {what!r}, and it is no address either{hint}")
    return new_source(what, given, settings)


def new_source(what: str, given: Mapping[str, Any], settings: Settings) -> SourceSettings:
    """Return the source that a person describes, with an id of its own; raises ConfigError, SourceRefused."""
    said = _said(given)
    # The path of an archive, or the name of a channel, is no address of the web.
    url = what if said.get("kind") in {"archive", "telegram"} else addressed(what)
    id_ = said.get("id") or id_for(said.get("name", ""), url, _taken(settings))
    return placed(_made({**said, "url": url, "id": id_}))[0]


def _said(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that were used: what was not said is left to the defaults."""
    usual = {"full_text": True, "allow_private": False}
    return {name: value for name, value in given.items() if value not in (None, ()) and usual.get(name) != value}


def _made(values: Mapping[str, Any]) -> SourceSettings:
    try:
        return SourceSettings(**values)
    except ValidationError as error:
        raise ConfigError("; ".join(map(_explained, error.errors()))) from error


def _explained(error: Any) -> str:
    where = ".".join(map(str, error["loc"]))
    said = str(error["msg"]).removeprefix("Value error, ")
    return f"--{where.replace('_', '-')}: {said} (got {str(error['input'])[:60]!r})" if where else said


def _taken(settings: Settings) -> Collection[str]:
    listed = (*settings.sources, *starter_sources(), *sources_of(DEMO_HOME))
    return {source.id for source in listed}


def refuse_twin(source: SourceSettings, settings: Settings, *, has_own_id: bool) -> None:
    """Raise ConfigError where this source is read already, by its id or its address.

    A configured source may take the place of one of the starter list: by the
    id of that, if a person gave it.
    """
    starters = [
        one for one in starter_sources() if settings.starter_sources and not (has_own_id and one.id == source.id)
    ]
    twin = twin_of(source, (*settings.sources, *starters), spelled)
    if twin is None:
        return
    what = f"the id {source.id!r} is taken" if twin.by == "id" else f"{masked(source.url)} is read already"
    place = "the configuration" if twin.known in settings.sources else "the starter list"
    todo = "give another --id" if twin.by == "id" else "change that one"
    if place == "the starter list":
        todo = f"say --id {twin.known.id} to put yours in its place"
    raise ConfigError(f"{what}, by {twin.known.id!r} of {place} ({masked(twin.known.url)}); {todo}")


def settled(report: Report, given: Mapping[str, Any], settings: Settings) -> Report:
    """Return the report of a new source with the name, id and language that it turned out to have."""
    source, told = report.trial.source, report.trial.described
    name = source.name or (told.title if told else None)
    # Where it has moved for good it is read from the beginning, and its twin there is found.
    url = report.trial.moved_to or source.url
    changes = {
        "name": name,
        "url": url,
        "id": given["id"] or id_for(name or "", url, _taken(settings)),
        "language": source.language or seen_language(report.looks),
    }
    made = _made(source.model_dump(exclude_defaults=True) | {key: value for key, value in changes.items() if value})
    trial = replace(report.trial, source=made)
    return replace(report, found=replace(report.found, trial=trial))
