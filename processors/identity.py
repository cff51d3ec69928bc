"""Whether two things are the same: keys of places and actors, digests of content.

Keys compare folded letters without white space, so that a text that was
spaced or stretched differently keeps them.
"""

from __future__ import annotations

import hashlib
import re

from processors.generic import names_an_actor, proper_words
from processors.normalise import fold
from streams.mentions import Actor, Extent, Place

_SPACE = re.compile(r"\s+")
_SEPARATOR = "\x1f"
# ACLED's geo-precisions of what is more than a point: a part of a region, a region.
_AREAS = (2, 3)
_VAGUEST = 4
# What the key of unnamed parts of an area ends in.
PARTS = ":parts"


def digest(*parts: str) -> str:
    """Return 128 bits over the parts as 32 hex digits; the order of the parts counts."""
    return hashlib.blake2b(_SEPARATOR.join(parts).encode(errors="surrogatepass"), digest_size=16).hexdigest()


def digest_of(data: bytes) -> str:
    """Return the digest of one part that is bytes already."""
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def letters(text: str) -> str:
    """Return the folded text without white space."""
    return _SPACE.sub("", fold(text).text)


def is_area(place: Place) -> bool:
    """Say whether a place is a part of a region or more, by ACLED's geo-precision."""
    return place.geo_precision in _AREAS


def vagueness(place: Place) -> int:
    """Return ACLED's geo-precision, 1 the finest; what has none is vaguer than all that have."""
    return place.geo_precision or _VAGUEST


def place_key(place: Place, extent: Extent = Extent.FULL) -> str:
    """Return the id under which claims about a place are gathered.

    A place in the gazetteer goes under its seat (a governorate under its
    capital), any other under `<country or xx>:<name without "village" and article>`.
    Unnamed parts of an area ("several villages in rural Aleppo") are neither
    the area nor its capital: they have a key of their own.
    """
    known = place.seat or place.id
    if known is None:
        return f"{(place.country or 'xx').lower()}:{''.join(proper_words(place.text))}"
    return f"{known}{PARTS}" if extent is Extent.PARTIAL and is_area(place) else known


def actor_key(actor: Actor | None) -> str | None:
    """Return what makes two actors one: the id, else the folded words; None where nobody is named."""
    if actor is None:
        return None
    if actor.id:
        return actor.id
    return letters(actor.text) if names_an_actor(actor.text) else None
