"""PDFs: their words in the order of reading, and the ones that have none.

Those in tests/pdfs were printed by Chromium from the pages beside them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.pages import page_text, read
from connectors.reading import pdf
from connectors.reading.pdf import pdf_text
from streams.errors import SourceUnreadable
from streams.items import ItemKind
from streams.sources import SourceSettings
from tests.feedmaker import NOW, answer, poll

URL = "http://office.example/report.pdf"
MADE = Path(__file__).parents[1] / "pdfs"
ARABIC = (MADE / "arabic.pdf").read_bytes()
ARABIC_STORY = (
    "أعلنت إدارة الميناء أن السفينة الأولى وصلت صباح اليوم وأن التفريغ بدأ على الرصيف الشمالي،"
    " وقالت إن 25 عاملا شاركوا في العملية بحسب Harbour Post."
)
COLUMNS = (MADE / "columns.pdf").read_bytes()


def test_arabic() -> None:
    """An Arabic page is read from right to left, its numbers and Latin names from left to right within it."""
    found = pdf_text(ARABIC, URL)
    assert found.title == "تقرير الميناء"
    assert found.text.split("\n\n") == [
        "وصول السفينة",
        ARABIC_STORY,
        "سيطرت القوات على مدينة منبج في 12 آذار 2026.",
        "المدينة الحالة",
        "منبج سقطت",
    ]


def test_columns() -> None:
    """Columns are read one after the other, lines are joined to paragraphs, ligatures are letters again."""
    found = pdf_text(COLUMNS, URL)
    first, second, third, *_ = found.text.split("\n\n")
    assert first == "Ship arrives"
    assert second.startswith(
        "The harbour office said that the first ship arrived this morning and that unloading had begun"
    )
    assert second.endswith("took part in the operation — “fine” effort.")
    assert third.startswith("Rebels took the town of Manbij on 12 March 2026, officials said")
    assert "office, flow, affluent, final" in found.text


def test_page_text() -> None:
    """A PDF goes on as plain text with its title, by its type or, where a server names none, by its first bytes."""
    for kind in ("application/pdf", "application/pdf; qs=0.1", "application/octet-stream", ""):
        found = page_text(answer(COLUMNS, URL, content_type=kind), None)
        assert (found.content_type, found.title, found.is_html) == ("text/plain; charset=utf-8", "Port report", False)


def test_standing_pdf() -> None:
    """A PDF polled on its own is an item, and its next revision when its words change."""
    source = SourceSettings(id="report", kind="page", url=URL)
    first = read(source, b"", poll(URL), answer(COLUMNS, URL, content_type="application/pdf"), NOW)
    (item,) = first.items
    assert (item.kind, item.title, item.content_type) == (ItemKind.PAGE, "Port report", "text/plain; charset=utf-8")
    again = read(source, first.state, poll(URL), answer(COLUMNS + b"\n", URL, content_type="application/pdf"), NOW)
    assert again.items == ()


@pytest.mark.parametrize("title", ["Untitled", "Microsoft Word - report.doc", "report final.docx", "  ", "scan_01.pdf"])
def test_no_title(title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What programs write where nobody gave a title is no title."""
    monkeypatch.setattr(pdf.pypdfium2.PdfDocument, "get_metadata_dict", lambda _: {"Title": title})
    assert pdf_text(COLUMNS, URL).title is None


def made(objects: list[str]) -> bytes:
    """Return a PDF of these objects, without the table that readers can do without."""
    body = "".join(f"{number} 0 obj\n{text}\nendobj\n" for number, text in enumerate(objects, 1))
    return f"%PDF-1.4\n{body}trailer << /Root 1 0 R >>\n%%EOF".encode("latin-1")


EMPTY = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>",
]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (made(EMPTY), "a PDF without words"),
        (COLUMNS[:5000], "a PDF that cannot be read"),
        (b"%PDF-1.7\n" + b"\xff" * 1000, "a PDF that cannot be read"),
        (b"", "a PDF that cannot be read"),
        (made([EMPTY[0], "<< /Type /Pages /Kids [2 0 R] /Count 1000000 >>"]), "is a PDF"),
    ],
)
def test_bad_pdf(body: bytes, why: str) -> None:
    """A damaged PDF, one that goes in circles and one made of pictures are refused with address and reason."""
    with pytest.raises(SourceUnreadable, match=why) as caught:
        pdf_text(body, URL)
    assert URL in str(caught.value)


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a book the first pages are read, of a page of endless words the first."""
    monkeypatch.setattr(pdf, "MAX_CHARACTERS", 40)
    assert len(pdf_text(COLUMNS, URL).text) == 40
    monkeypatch.setattr(pdf, "MAX_PAGES", 0)
    with pytest.raises(SourceUnreadable, match="without words"):
        pdf_text(COLUMNS, URL)
