"""From a source's words, tags and accounts to the rules X filters by, and to the queries that find the same posts.

Source: xdevplatform/docs, x-api/posts/filtered-stream (introduction,
build-a-rule, operators) and x-api/posts/search/integrate/build-a-query. X
compares whole words and keeps marks apart, so each form of a word is a word of
its own in the configuration. An account is wanted whatever it writes in: the
source's language narrows words and tags alone, where X knows it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256

from msgspec import Struct

from streams.errors import SourceRefused
from streams.sources import SourceSettings

LONGEST_RULE, MOST_RULES = 1024, 1000
# Recent search takes shorter queries than the stream takes rules.
LONGEST_QUERY = 512
MAKER = "changehands"
LANGUAGES = frozenset(
    (  # noqa: SIM905 (51 codes, one a line, would hide the rest of the module)
        "am ar bg bn ca cs da de el en es et eu fa fi fr gu hi hr hu hy in it iw ja ka kn ko lt lv ml mr nl no pl pt "
        "ro ru sk sl sr sv ta te th tr uk ur vi zh-CN zh-TW"
    ).split()
)
# The names X still has for Hebrew and Indonesian.
OLD_NAMES = {"he": "iw", "id": "in"}
_QUOTING = re.compile(r'["“”„\\\x00-\x1f]')


class Rule(Struct, frozen=True, kw_only=True):
    """A rule as X keeps it; the tag says whose it is and which."""

    value: str
    tag: str


def prefix(source: SourceSettings) -> str:
    """Return how the tags of all rules begin that were made for this source."""
    return f"{MAKER}:{source.id}:"


def rules_of(source: SourceSettings) -> tuple[Rule, ...]:
    """Return the rules for this source; raises SourceRefused where X would not take them."""
    values = _values(source.words, source.tags, source.accounts, source.language, LONGEST_RULE)
    if len(values) > MOST_RULES:
        raise SourceRefused(f"words, tags and accounts make {len(values)} rules; X takes {MOST_RULES}: name fewer")
    if not values:
        raise SourceRefused("X filters: name words, tags or accounts to be sent")
    return tuple(Rule(value=value, tag=prefix(source) + _mark(value)) for value in values)


def queries_of(source: SourceSettings) -> tuple[str, ...]:
    """Return the queries of recent search that find what the rules let through; raises SourceRefused."""
    return _values(source.words, source.tags, source.accounts, source.language, LONGEST_QUERY)


def _mark(value: str) -> str:
    return sha256(value.encode()).hexdigest()[:12]


def language_of(language: str | None) -> str:
    """Return X's name for a language, empty where X cannot tell it."""
    plain = OLD_NAMES.get(language or "", language or "")
    return plain if plain in LANGUAGES else ""


@lru_cache(maxsize=64)
def _values(
    words: tuple[str, ...], tags: tuple[str, ...], accounts: tuple[str, ...], language: str | None, limit: int
) -> tuple[str, ...]:
    phrases = (" ".join(_QUOTING.sub(" ", word).split()) for word in words)
    told = [f'"{phrase}"' for phrase in phrases if phrase]
    told += [f"#{name}" for name in (tag.strip().lstrip("#") for tag in tags) if name]
    names = (account.strip().lstrip("@") for account in accounts)
    lang = language_of(language)
    by = [f"from:{name}" for name in names if name]
    return (*_packed(told, f" lang:{lang}" if lang else "", limit), *_packed(by, "", limit))


def _packed(clauses: Iterable[str], ending: str, limit: int) -> Iterator[str]:
    """Yield as few alternatives of clauses as fit the limit, each with the ending."""
    together: list[str] = []
    for clause in {clause.casefold(): clause for clause in clauses}.values():
        if len(clause + ending) > LONGEST_QUERY:
            raise SourceRefused(f"{clause[:60]!r} is too long for X: {LONGEST_QUERY} characters with the language")
        if together and len(_joined([*together, clause], ending)) > limit:
            yield _joined(together, ending)
            together = []
        together.append(clause)
    if together:
        yield _joined(together, ending)


def _joined(clauses: list[str], ending: str) -> str:
    either = " OR ".join(clauses)
    return f"({either}){ending}" if ending and len(clauses) > 1 else either + ending
