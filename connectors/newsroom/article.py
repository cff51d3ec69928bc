"""The newsroom's articles, read from the tables beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

DESKS = ("arabic", "english", "legacy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A social post that an article embeds after one of its paragraphs (counted from 1)."""

    after_paragraph: int
    author: str
    handle: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What an article says: headline, teaser, paragraphs."""

    title: str
    summary: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One article; `at` is seconds from the opening to its publication, `corrected_after` from there on."""

    slug: str
    at: float
    words: Words
    ugly: frozenset[str] = frozenset()
    credit: str | None = None
    post: Post | None = None
    corrected_after: float | None = None
    corrected: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One feed with its articles; `declared` is what its server says of its encoding, `charset` the truth."""

    name: str
    id: str
    title: str
    owner: str
    language: str
    format: str
    charset: str
    declared: str
    articles: tuple[Article, ...]


def desks() -> tuple[Desk, ...]:
    """Return the newsroom's desks."""
    tables = {name: tomllib.loads(_text(f"articles/{name}.toml")) for name in DESKS}
    originals = {f"{name}/{entry['slug']}": entry for name, table in tables.items() for entry in table["article"]}
    return tuple(_desk(name, table, originals) for name, table in tables.items())


def page_template(language: str) -> str:
    """Return the page around an article in this language, with $names to fill in."""
    return _text(f"articles/page-{language}.html")


def _text(path: str) -> str:
    return files("connectors.newsroom").joinpath(path).read_text(encoding="utf-8")


def _desk(name: str, table: Mapping[str, Any], originals: Mapping[str, Mapping[str, Any]]) -> Desk:
    feed = {"declared": table["feed"]["charset"], **table["feed"]}
    return Desk(name=name, **feed, articles=tuple(_article(entry, originals) for entry in table["article"]))


def _article(entry: Mapping[str, Any], originals: Mapping[str, Mapping[str, Any]]) -> Article:
    if "copy_of" in entry:
        original = _article(originals[entry["copy_of"]], originals)
        return replace(original, slug=entry["slug"], at=entry["at"], credit=entry.get("credit"))
    correction = entry.get("correction")
    return Article(
        slug=entry["slug"],
        at=entry["at"],
        words=_words(entry),
        ugly=frozenset(entry.get("ugly", ())),
        credit=entry.get("credit"),
        post=Post(**entry["post"]) if "post" in entry else None,
        corrected_after=correction["after"] if correction else None,
        corrected=_words(correction) if correction else None,
    )


def _words(entry: Mapping[str, Any]) -> Words:
    paragraphs = tuple(" ".join(part.split()) for part in entry["body"].split("\n\n") if part.strip())
    return Words(title=entry["title"], summary=entry["summary"], paragraphs=paragraphs)
