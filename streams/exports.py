"""The ledger in the forms other programs read: GeoJSON, CSV, JSON lines.

GeoJSON is RFC 7946: longitude before latitude, WGS 84, a place without
coordinates has a null geometry. CSV is RFC 4180 in UTF-8; a cell that a
spreadsheet would take for a formula is set behind an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from datetime import date

from msgspec import json

from streams.ledgers import Standing

# As they are and as wide characters, which some programs take for the same; what cannot be seen may stand before.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_UNSEEN = " \n\u00a0\u200b\u200e\u200f\u202a\u202b\u202d\u202e\u2060\u2066\u2067\ufeff"
Rows = Sequence[Standing]


def geojson(told: Rows, day: date) -> str:
    """Return a FeatureCollection with one point a place."""
    return json.encode({"type": "FeatureCollection", "features": [_feature(one, day) for one in told]}).decode()


def _feature(told: Standing, day: date) -> dict[str, object]:
    place = told.place
    known = place.lat is not None and place.lon is not None
    geometry = {"type": "Point", "coordinates": [place.lon, place.lat]} if known else None
    return {"type": "Feature", "id": told.place_key, "geometry": geometry, "properties": row(told, day)}


def row(told: Standing, day: date) -> dict[str, object]:
    """Return how a place stood on a day as flat values; several holders are parted by " | "."""
    place = told.place
    return {
        "day": str(day),
        "place": place.name or place.text,
        "place_ar": place.name_ar,
        "place_id": place.id,
        "admin1": place.admin1,
        "country": place.country,
        "latitude": place.lat,
        "longitude": place.lon,
        "geo_precision": place.geo_precision,
        "area": told.area,
        "holders": " | ".join(one.name or one.text for one in told.holders),
        "holder_ids": " | ".join(one.id or "" for one in told.holders),
        "since": str(told.since) if told.since else None,
        "since_precision": told.since_precision,
        "by": told.by,
        "partial": told.partial,
        "contested": told.contested,
        "besieged": told.besieged,
        "state": told.state,
        "confidence": told.confidence,
        "sources": " | ".join(dict.fromkeys(word.owner or word.source for word in told.words)),
        "alert_id": told.alert_id,
    }


def table(told: Rows, day: date) -> str:
    """Return CSV with a header line."""
    return written_csv([row(one, day) for one in told])


def written_csv(rows: Sequence[dict[str, object]]) -> str:
    """Return rows of one shape as CSV; empty without rows."""
    out = io.StringIO()
    if rows:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in one.items()} for one in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.lstrip(_UNSEEN).startswith(_FORMULA) else value


def lines(told: Rows, day: date) -> str:
    """Return one JSON object a line."""
    return "".join(json.encode(row(one, day)).decode() + "\n" for one in told)


FORMATS: dict[str, Callable[[Rows, date], str]] = {"geojson": geojson, "csv": table, "jsonl": lines}
