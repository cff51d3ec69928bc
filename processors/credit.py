"""Which agency a text is taken from, as its first or last words say.

Only the forms of a credit count: a name in brackets or before a dash at the
head, a name in brackets or after "source" at the tail. "Reuters reported"
within the text is attribution and is not looked at here.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

from streams.errors import ConfigError

_ONE_LETTER_EACH = re.compile(r"\w(?: \w)+")


def _agencies() -> dict[str, tuple[str, ...]]:
    """Read the table; raises ConfigError where a row has no source."""
    rows = tomllib.loads(files(__package__).joinpath("agencies.toml").read_text("utf-8"))["agency"]
    for row in rows:
        if not row.get("source"):
            raise ConfigError(f"agencies.toml: {row['id']} names no source; add where its names were read")
    return {row["id"]: tuple(row["names"]) for row in rows}


def _spellings(name: str) -> set[str]:
    """Return a name as it is, without the hamza on its alefs, and initials with full stops (أ.ف.ب, ا ف ب)."""
    forms = {name, name.replace("أ", "ا").replace("إ", "ا")}
    return forms | {form.replace(" ", ".") for form in forms if _ONE_LETTER_EACH.fullmatch(form)}


# Id, and the names and short forms under which the agency signs.
AGENCIES = _agencies()

_HEAD, _TAIL = 160, 120
_BY_NAME = {
    form.casefold(): agency for agency, names in AGENCIES.items() for name in names for form in _spellings(name)
}
_NAME = "|".join(re.escape(name) for name in sorted(_BY_NAME, key=len, reverse=True))
_OTHERS = r"(?:[^()\[\]\n]{0,40}[،,/\-–\s])?"
_IN_BRACKETS = re.compile(rf"[(\[]\s*{_OTHERS}(?P<name>{_NAME})\s*[)\]]", re.IGNORECASE)
# Datelines: "AFP -", "Aden, Reuters –", "دمشق-سانا".
_BEFORE_DASH = re.compile(rf"^\s*(?:[\w' .]{{1,30}}[،,/\-–—])?\s*(?P<name>{_NAME})\s*[-–—:]\s", re.IGNORECASE)
_PLACE_DASH = re.compile(rf"^\s*\w[\w' ]{{1,30}}\s?[-–—]\s?(?P<name>{_NAME})\b", re.IGNORECASE)
_AFTER_SOURCE = re.compile(
    rf"(?:المصدر|مصدر|وكالات|Source|Credit|©)\s*[:：\-–]?\s*(?:وكالة\s+)?(?P<name>{_NAME})\s*\.?\s*$", re.IGNORECASE
)


def credit_of(body: str) -> str | None:
    """Return the id of the agency that the body is credited to, or None."""
    head, tail = body[:_HEAD], body[-_TAIL:]
    found = (
        _BEFORE_DASH.match(head)
        or _PLACE_DASH.match(head)
        or _IN_BRACKETS.search(head)
        or _AFTER_SOURCE.search(tail)
        or _last(tail)
    )
    return _BY_NAME[found["name"].casefold()] if found else None


def _last(tail: str) -> re.Match[str] | None:
    return next((found for found in _IN_BRACKETS.finditer(tail) if not tail[found.end() :].strip(" .\n،")), None)
