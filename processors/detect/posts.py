"""Posts quoted in plain text, recognised by the line they are signed with.

The line is what sites print under an embedded post: a dash, the author's name,
the handle in brackets and the date ("— Name (@handle) February 10, 2014"). A
PDF of right-to-left text reorders it: the dash may end the line, the handle may
stand before its bracket and the @ behind the date.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from streams.items import Part

_MONTHS = (
    [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ],
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
    ["يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"],
)
_NUMBERS = {name: number for names in _MONTHS for number, name in enumerate(names, start=1)}
_MONTH = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_DATE = rf"(?P<month>{_MONTH})\.?\s+(?P<day>\d{{1,2}}),?\s+(?P<year>20\d\d)"
_DAY_FIRST = rf"(?P<day>\d{{1,2}})\s+(?P<month>{_MONTH})،?,?\s+(?P<year>20\d\d)"
_HANDLE = r"(?:\(\s*@(?P<handle>\w{2,})\s*\)|(?P<torn>\w{2,})\s*\))"
_SIGNATURES = tuple(
    re.compile(rf"[^\n]*?{_HANDLE}[^\n]{{0,40}}?{date}[^\n]*", re.IGNORECASE) for date in (_DATE, _DAY_FIRST)
)
_ADDRESS = re.compile(r"https?://\S*")
_LONGEST = 700
_AT = re.compile("@")
_BLANK = re.compile(r"\n[^\S\n]*\n\s*")


def posts_in(text: str) -> tuple[Part, ...]:
    """Return the posts of a plain text in order; offsets include the signature line, dates are at midnight UTC."""
    found: list[Part] = []
    for signature in sorted(_signatures(text), key=lambda match: match.start()):
        earlier = found[-1].end if found else 0
        if signature.start() >= earlier:
            found.append(_part(text, signature, earlier, first=not found))
    return tuple(found)


def _signatures(text: str) -> list[re.Match[str]]:
    """Return the lines that sign a post: a handle and a date, with an @ and a dash."""
    lines = {text.rfind("\n", 0, at.start()) + 1 for at in _AT.finditer(text)}
    found = [match for start in sorted(lines) for pattern in _SIGNATURES if (match := _signature(pattern, text, start))]
    return [match for match in found if re.search(r"[—–-]", match[0]) and _moment(match)]


def _signature(pattern: re.Pattern[str], text: str, start: int) -> re.Match[str] | None:
    """Match a signature against the line that begins at `start`; few lines with an @ have the bracket of a handle."""
    end = text.find("\n", start)
    end = end if end >= 0 else len(text)
    return pattern.match(text, start, end) if text.find(")", start, end) >= 0 else None


def _part(text: str, signature: re.Match[str], earlier: int, *, first: bool) -> Part:
    start = (
        earlier if not first and signature.start() - earlier <= _LONGEST else _paragraph_before(text, signature.start())
    )
    return Part(
        start=max(start, earlier),
        end=signature.end(),
        author=_author(signature),
        handle=signature["handle"] or signature["torn"],
        published_at=_moment(signature),
    )


def _paragraph_before(text: str, at: int) -> int:
    """Return the start of the last paragraph before `at` that holds more than an address."""
    end = _rstripped(text, at)
    while end > 0:
        breaks = [match.end() for match in _BLANK.finditer(text, max(0, end - _LONGEST), end)]
        start = breaks[-1] if breaks else max(0, end - _LONGEST)
        if _ADDRESS.sub("", text[start:end]).strip() or start == 0 or not breaks:
            return start
        end = _rstripped(text, start)
    return 0


def _rstripped(text: str, end: int) -> int:
    """Return where text[:end] ends without its trailing white space."""
    while end and text[end - 1].isspace():
        end -= 1
    return end


def _author(signature: re.Match[str]) -> str | None:
    """Return the name on the line: what is left of handle, date and dashes."""
    line = signature[0]
    dated = re.sub(
        rf"{_DATE}|{_DAY_FIRST}".replace("?P<month>", "?:").replace("?P<day>", "?:").replace("?P<year>", "?:"),
        " ",
        line,
        flags=re.IGNORECASE,
    )
    name = re.sub(r"\(\s*@\w+\s*\)|\w{2,}\s*\)|@[()]|[—–@()]", " ", dated)
    return " ".join(name.split()) or None


def _moment(signature: re.Match[str]) -> datetime | None:
    try:
        return datetime(int(signature["year"]), _NUMBERS[signature["month"].lower()], int(signature["day"]), tzinfo=UTC)
    except ValueError:
        return None
