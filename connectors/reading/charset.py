"""Bytes to text, Arabic first: what the bytes say wins over what is said about them.

The order: byte order mark; the zeroes of wide characters; valid (or but for a
few broken characters valid) UTF-8, whatever is declared; the HTTP header's
charset; the declaration within;
a detector; windows-1256 where the source is Arabic; windows-1252. A declared
charset counts only if it decodes everything and the detector does not plainly
see another script (left-over Latin declarations are common on Arabic pages,
and windows-1256 and ISO-8859-6 are declared in each other's place).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

import cchardet

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# XML 1.0, appendix F.1: how a first "<" looks in wide characters without a mark; with zeroes ASCII is valid UTF-8 too.
WIDE = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<\x00", "utf-16-be"),
)
SCRIPTS = {
    "arabic": ("cp1256", "iso8859-6", "cp864", "mac-arabic"),
    "cyrillic": ("cp1251", "iso8859-5", "koi8-r", "koi8-u", "cp866", "mac-cyrillic"),
    "greek": ("cp1253", "iso8859-7"),
    "hebrew": ("cp1255", "iso8859-8"),
    "wide": ("big5", "big5hkscs", "gb2312", "gbk", "gb18030", "euc_jp", "shift_jis", "iso2022_jp", "euc_kr", "cp949"),
}
SCRIPT_OF = {charset: script for script, charsets in SCRIPTS.items() for charset in charsets}
# What a document says of itself it says early (HTML asks for the first 1,024 bytes).
HEAD = 4096
SAMPLE = 256 * 1024
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})|<meta[^>]{0,300}?charset\s*=[\s"']*([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_HEADER = re.compile(r"""charset\s{0,9}=[\s"']{0,9}([\w.:-]{1,40})""", re.IGNORECASE)
# No part of a pattern may read what another part of it reads too: else the time grows with the square of the length.
_MARKUP = re.compile(rb"<[^<>]{0,2000}>")
_RUN = re.compile(r"[^\x00-\x7f]{3,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """The text, the Python name of the charset it was read with, and which rule chose it."""

    text: str
    charset: str
    rule: str


def _header(content_type: str) -> str | None:
    match = _HEADER.search(content_type)
    return match[1] if match else None


def _declaration(body: bytes) -> str | None:
    match = _DECLARED.search(body[:HEAD])
    return (match[1] or match[2]).decode("ascii", "replace") if match else None


def declared(body: bytes, content_type: str) -> tuple[str | None, str | None]:
    """Return the charsets that the HTTP header and the document name, as they write them."""
    return _header(content_type), _declaration(body)


def _known(name: str | None) -> str | None:
    try:
        info = codecs.lookup(name or "")
        # Python also calls base64 and zip codecs.
        "".encode(info.name)
    except (LookupError, ValueError):
        return None
    return info.name


def _strict(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except UnicodeError:
        return None


def _nearly_utf8(body: bytes) -> str | None:
    """Return UTF-8 text in which at most one character beyond ASCII in twenty is broken."""
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(1 for letter in text[:SAMPLE] if letter > "\x7f") - broken
    return text if broken * 20 <= whole else None


def _is_script_of_words(text: str) -> bool:
    """Whether letters beyond ASCII stand in words of their own, and not as accents among Latin letters."""
    foreign = sum(1 for letter in text if letter > "\x7f")
    return 2 * sum(map(len, _RUN.findall(text))) > foreign > 0


def _is_plain_in(sample: bytes, charset: str) -> bool:
    return _is_script_of_words(sample.decode(charset, "replace"))


def _detected(body: bytes, language: str | None) -> str | None:
    """Return the charset the bytes look like; words of an Arabic source are Arabic before they are anything else."""
    sample = _MARKUP.sub(b" ", body[:SAMPLE])
    charset = _known(cchardet.detect(sample)["encoding"])
    script = SCRIPT_OF.get(charset or "")
    if script != "arabic" and (language or "").startswith("ar") and _is_plain_in(sample, "cp1256"):
        return "cp1256"
    if charset is None or (script and not _is_plain_in(sample, charset)):
        return None
    return charset


def _is_contradicted(charset: str, seen: str | None) -> bool:
    script, seen_script = SCRIPT_OF.get(charset), SCRIPT_OF.get(seen or "")
    if seen_script is None or script == "wide" or charset == seen:
        return False
    return script != seen_script or script == "arabic"


def _by_name(body: bytes, name: str | None, rule: str, seen: str | None) -> Decoded | None:
    charset = _known(name)
    if charset is None or _is_contradicted(charset, seen):
        return None
    text = _strict(body, charset)
    return None if text is None else Decoded(text=text, charset=charset, rule=rule)


def _by_mark(body: bytes) -> Decoded | None:
    for mark, charset in BOMS:
        if body.startswith(mark):
            return Decoded(text=body[len(mark) :].decode(charset, "replace"), charset=charset, rule="mark")
    return None


def _by_zeroes(body: bytes) -> Decoded | None:
    for begin, charset in WIDE:
        if body.startswith(begin) and (text := _strict(body, charset)) is not None:
            return Decoded(text=text, charset=charset, rule="zeroes")
    return None


def _by_utf8(body: bytes) -> Decoded | None:
    text = _strict(body, "utf-8")
    return None if text is None else Decoded(text=text, charset="utf-8", rule="utf-8")


def _by_guess(body: bytes, language: str | None, seen: str | None) -> Decoded:
    nearly = _nearly_utf8(body)
    if nearly is not None:
        return Decoded(text=nearly, charset="utf-8", rule="nearly utf-8")
    found = _by_name(body, seen, "detector", seen)
    if found is not None:
        return found
    charset, rule = ("cp1256", "language") if (language or "").startswith("ar") else ("cp1252", "last resort")
    return Decoded(text=body.decode(charset, "replace"), charset=charset, rule=rule)


def decode(body: bytes, *, content_type: str = "", language: str | None = None) -> Decoded:
    """Return the text of a document; never raises. `language` is a hint such as "ar"."""
    known = _by_mark(body) or _by_zeroes(body) or _by_utf8(body)
    if known is not None:
        return known
    seen = _detected(body, language)
    return (
        _by_name(body, _header(content_type), "header", seen)
        or _by_name(body, _declaration(body), "declaration", seen)
        or _by_guess(body, language, seen)
    )
