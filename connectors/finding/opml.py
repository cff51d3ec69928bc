"""OPML 2.0 (opml.org/spec2.opml): lists of feeds from and for other readers.

listparser reads what it finds with an HTML parser: entities of a document's
own are never resolved, nothing is fetched, and slips of writers do no harm.
What would cost too much is refused before. What OPML carries of a source is
its address, name, language and categories; its id goes along in an attribute
of ours, which other readers leave alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

import listparser
import lxml.etree

from connectors.connector import MIB
from connectors.reading.charset import decode
from streams.errors import SourceUnreadable
from streams.sources import SourceSettings

MAX_BYTES = 10 * MIB
MAX_OUTLINES = 20_000
MAX_DEPTH = 32
MAX_NAME = 200
SPACE = "https://changehands.invalid/opml"
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?=$|[-_])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One feed of a list; `categories` are its folders, outermost first and joined by slashes."""

    url: str
    name: str
    categories: tuple[str, ...] = ()
    language: str | None = None
    id: str | None = None


class TooMuch(Exception):
    """The list is larger or deeper than anybody writes."""


@dataclass(slots=True)
class _Survey:
    """Counts outlines and depth while lxml reads, and notes what listparser leaves out."""

    count: int = 0
    depth: int = 0
    is_list: bool = False
    told: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def start(self, tag: str | bytes, attrib: Mapping[str | bytes, str | bytes]) -> None:
        self.is_list = self.is_list or tag in {"opml", "outlinedocument"}  # the older name is of before OPML 1.0
        if tag != "outline":
            return
        self.count, self.depth = self.count + 1, self.depth + 1
        if self.count > MAX_OUTLINES:
            raise TooMuch(f"it has more than {MAX_OUTLINES} outlines; cut it into several files")
        if self.depth > MAX_DEPTH:
            raise TooMuch(f"its outlines are nested more than {MAX_DEPTH} deep")
        attributes = {str(name): str(value) for name, value in attrib.items()}
        if address := attributes.get("xmlurl", "").strip():
            self.told.setdefault(address, attributes)

    def end(self, tag: str | bytes) -> None:
        self.depth -= tag == "outline"

    def data(self, data: str | bytes) -> None:
        """Leave the texts between the outlines to listparser."""

    def comment(self, text: str | bytes) -> None:
        """Leave comments alone."""

    def close(self) -> None:
        """Return nothing: the counts stand here."""


def outlines(data: bytes, name: str) -> list[Outline]:
    """Return the feeds of an OPML file called `name`; raises SourceUnreadable with what is wrong with it."""
    if len(data) > MAX_BYTES:
        raise SourceUnreadable(f"{name} is refused: it is larger than {MAX_BYTES // MIB} MiB")
    text = _ILLEGAL.sub("", decode(data).text)
    if "<!ENTITY" in text.upper():
        raise SourceUnreadable(f"{name} is refused: it declares XML entities, and no list of feeds needs them")
    # Without a declaration of its charset the parser would take it for Latin.
    clean = f'<?xml version="1.0" encoding="utf-8"?>{_DECLARATION.sub("", text)}'.encode()
    told = _survey(clean, name)
    return [_outline(feed, told.get(feed["url"], {})) for feed in listparser.parse(clean).feeds]


def _survey(clean: bytes, name: str) -> Mapping[str, Mapping[str, str]]:
    survey = _Survey()
    try:
        lxml.etree.fromstring(clean, lxml.etree.HTMLParser(target=survey, recover=True, encoding="utf-8"))
    except TooMuch as error:
        raise SourceUnreadable(f"{name} is refused: {error}") from error
    except (lxml.etree.LxmlError, ValueError) as error:
        raise SourceUnreadable(f"{name} is not OPML: {error}") from error
    if not survey.is_list:
        raise SourceUnreadable(f"{name} is not OPML: it has no element opml")
    return survey.told


def _outline(feed: Mapping[str, Any], told: Mapping[str, str]) -> Outline:
    paths = ("/".join(" ".join(part.replace(",", " ").split()) for part in path if part) for path in feed["categories"])
    language = _LANGUAGE.match(told.get("language", "").strip())
    own = told.get("changehands:id", "")
    return Outline(
        url=feed["url"],
        name=" ".join(feed["title"].split())[:MAX_NAME],
        categories=tuple(dict.fromkeys(filter(None, paths))),
        language=language[0].lower() if language else None,
        id=own if _ID.fullmatch(own) else None,
    )


def written(sources: Iterable[SourceSettings], title: str) -> str:
    """Return the sources as OPML 2.0: in the folder of their first category, with all of them as an attribute."""
    root = Element("opml", {"version": "2.0", "xmlns:changehands": SPACE})
    SubElement(SubElement(root, "head"), "title").text = _clean(title)
    body = SubElement(root, "body")
    folders: dict[str, Element] = {"": body}
    for source in sources:
        folder = _folder(folders, source.categories[0] if source.categories else "")
        SubElement(folder, "outline", _attributes(source))
    indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(root, encoding="unicode")}\n'


def _folder(folders: dict[str, Element], path: str) -> Element:
    if path not in folders:
        above, _, name = path.rpartition("/")
        folders[path] = SubElement(_folder(folders, above), "outline", {"text": _clean(name), "title": _clean(name)})
    return folders[path]


def _attributes(source: SourceSettings) -> dict[str, str]:
    name = _clean(source.name or source.id)
    told = {
        "type": "rss",
        "text": name,
        "title": name,
        "xmlUrl": _clean(source.url),
        "language": source.language or "",
        "category": _clean(",".join(f"/{path}" for path in source.categories)),
        "changehands:id": source.id,
    }
    return {key: value for key, value in told.items() if value}


def _clean(text: str) -> str:
    return _ILLEGAL.sub("", text)
