"""The words of a PDF, by PDFium: in reading order, Arabic too. Runs in a worker process: PDFs can be hostile.

A PDF stores where glyphs stand and not how words follow each other. PDFium
gives a line's characters, partly in the order of the eye; in lines that run
from right to left the order of reading is made anew from where they stand.
"""

from __future__ import annotations

import re
import statistics
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import pypdfium2

from streams.errors import SourceUnreadable

# Reports that list a day's events have some pages; a book is no news, and costs a worker's wall.
MAX_PAGES = 100
MAX_CHARACTERS = 500_000
MAX_TITLE = 300
# Letters that run from right to left (Hebrew, Arabic, Syriac and their presentation forms), their digits left out.
_LEFTWARDS = r"[\u0590-\u065f\u066a-\u06ef\u06fa-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]"
_POINTS = "\u060c\u061b\u061f\u06d4"
_LETTERS = re.compile(f"(?![{_POINTS}]){_LEFTWARDS}")
_TOKENS = re.compile(
    rf"(?:(?![{_POINTS}]){_LEFTWARDS})+|(?:(?!{_LEFTWARDS})[\w])+(?:[.,/:@'-](?:(?!{_LEFTWARDS})\w)+)*|\S"
)
_OPENING = frozenset("([{«“‘")
# How PDFium marks a hyphen at the end of a line.
_HYPHEN = re.compile("[\x02\ufffe]")
_CUT_WORD = re.compile(r"(?<=[^\W\d_])[\x02\ufffe]\s*(?=[^\W\d_])")
_ENDS = re.compile(r"[.!?؟:;؛…][\"'”»)\]]*$")
# What programs put there when their writer gave no title.
_NO_TITLE = re.compile(
    r"^(?:untitled|microsoft \w+ - .*|.*\.(?:docx?|pdf|pptx?|xlsx?|indd|odt|qxd|tmp))$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfText:
    """The words of a PDF, a blank line between paragraphs, and the title its writer gave it."""

    text: str
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    """A word or a mark of a line, where its left edge is (points), and whether it runs from left to right."""

    text: str
    left: float
    is_latin: bool


def _token(page: pypdfium2.PdfTextPage, text: str, start: int) -> _Token:
    first, last = (float(page.get_charbox(at)[0]) for at in (start, start + len(text) - 1))
    is_leftwards = bool(_LETTERS.match(text))
    # Arabic letters that follow each other to the right are written backwards.
    in_order = text[::-1] if is_leftwards and first < last else text
    return _Token(text=in_order, left=min(first, last), is_latin=not is_leftwards and text[0].isalnum())


def _spaced(tokens: Sequence[_Token]) -> str:
    line = ""
    for token in tokens:
        is_mark = not token.text[0].isalnum() and token.text not in _OPENING
        line += token.text if not line or is_mark or line[-1] in _OPENING else f" {token.text}"
    return line


def _read_leftwards(tokens: Sequence[_Token]) -> str:
    """Return the words of a right-to-left line: from the right, but runs of Latin words and numbers from the left."""
    ordered: list[_Token] = []
    for is_latin, group in groupby(sorted(tokens, key=lambda token: -token.left), key=lambda token: token.is_latin):
        run = list(group)
        ordered += reversed(run) if is_latin else run
    return _spaced(ordered)


def _line(page: pypdfium2.PdfTextPage, text: str, start: int) -> str:
    letters = sum(map(str.isalpha, text))
    if 2 * len(_LETTERS.findall(text)) <= letters or not letters:
        return " ".join(text.split())
    return _read_leftwards([_token(page, found[0], start + found.start()) for found in _TOKENS.finditer(text)])


def _lines(page: pypdfium2.PdfTextPage) -> Iterator[str]:
    # One character of the text is one of PDFium's, so that its place can be asked for.
    text = page.get_text_range(errors="replace")
    for found in re.finditer(r"[^\r\n]+", text):
        line = _line(page, found[0], found.start())
        if line:
            yield unicodedata.normalize("NFKC", line)


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    """Yield lines joined to paragraphs: one ends with a sentence's end, or where a line is much shorter than others."""
    usual = statistics.median(map(len, lines)) if lines else 0.0
    gathered: list[str] = []
    for line in lines:
        gathered.append(line)
        if _ENDS.search(line) or len(line) < 0.6 * usual:
            yield " ".join(gathered)
            gathered = []
    if gathered:
        yield " ".join(gathered)


def _joined(text: str) -> str:
    return _HYPHEN.sub("-", _CUT_WORD.sub("", text))


def _title(document: pypdfium2.PdfDocument) -> str | None:
    try:
        stated = " ".join(str(document.get_metadata_dict().get("Title") or "").split())[:MAX_TITLE]
    except UnicodeDecodeError:  # a title cut in the middle of a letter
        return None
    return None if not stated or _NO_TITLE.match(stated) else stated


def _pages(document: pypdfium2.PdfDocument) -> Iterator[str]:
    length = 0
    for number in range(min(len(document), MAX_PAGES)):
        text = "\n\n".join(map(_joined, _paragraphs(list(_lines(document[number].get_textpage())))))
        length += len(text)
        yield text
        if length > MAX_CHARACTERS:
            return


def pdf_text(body: bytes, url: str) -> PdfText:
    """Return the words of a PDF; raises SourceUnreadable for one that is damaged, locked or made of pictures."""
    try:
        document = pypdfium2.PdfDocument(body)
        text, title = "\n\n".join(filter(None, _pages(document))), _title(document)
    except pypdfium2.PdfiumError as error:
        raise SourceUnreadable(f"{url} is a PDF that cannot be read: {error}") from error
    if not text.strip():
        raise SourceUnreadable(f"{url} is a PDF without words: pictures of pages, perhaps")
    return PdfText(text=text[:MAX_CHARACTERS], title=title)
