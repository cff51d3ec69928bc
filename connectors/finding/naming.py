"""Ids for sources that come without one: from their names, else from their addresses; the same each time. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from itertools import count
from urllib.parse import urlsplit

from connectors.asking.gates import site_of

MAX_ID, MAX_WORD = 64, 20
# Words of an address that tell nothing; longer ones than the other limit are numbers and keys.
_PLAIN = frozenset({"feed", "feeds", "rss", "atom", "xml", "index", "www", "all", "s"})
_WORD = re.compile(r"[a-z0-9]+")


def _slug(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(_WORD.findall(bare))


def _is_latin(text: str) -> bool:
    """Whether a name loses next to nothing when only its Latin letters are kept."""
    letters = [letter for letter in unicodedata.normalize("NFKD", text) if letter.isalpha()]
    return bool(letters) and sum(letter.isascii() for letter in letters) > 0.8 * len(letters)


def _of_address(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return ""
    site = site_of(host)
    if "." not in host or not any(map(str.isalpha, host)):  # a name of a house's own, or an address of numbers
        return "-".join(filter(None, (_slug(host), *_words(parts.path))))
    # The label that was registered, then what stands before it: news.bbc.co.uk is bbc news.
    labels = (site.partition(".")[0], *reversed(host.removesuffix(site).strip(".").split(".")))
    return "-".join(filter(None, (*map(_slug, labels), *_words(parts.path))))


def _words(path: str) -> list[str]:
    """Return the words of a path that tell feeds of one site apart."""
    return [word for word in _WORD.findall(path.lower()) if word not in _PLAIN and len(word) <= MAX_WORD]


def id_for(name: str, url: str, taken: Collection[str]) -> str:
    """Return an id that is not taken: of the name where it is in Latin letters, else of the address."""
    wanted = (_slug(name) if _is_latin(name) else "") or _of_address(url) or "source"
    for number in count(1):
        tail = "" if number == 1 else f"-{number}"
        if (found := wanted[: MAX_ID - len(tail)].strip("-") + tail) not in taken:
            return found
    raise AssertionError
