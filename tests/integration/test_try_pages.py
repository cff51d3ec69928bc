"""`changehands try` on files as pages come: PDFs are read, and walls are told."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from streams.cli import main

PDFS = Path(__file__).parents[1] / "pdfs"
LOCKED = (
    '<script type="application/ld+json">{"isAccessibleForFree": false}</script><p>Rebels took the town of Manbij.</p>'
)


def tried(path: Path) -> str:
    """Return what the command prints about a file."""
    shown = CliRunner().invoke(main, ["try", str(path)])
    assert shown.exit_code == 0, shown.output
    return shown.output


def test_pdf() -> None:
    """A PDF is read like a page: what it tells becomes an alert."""
    assert "ALERT  Manbij" in tried(PDFS / "columns.pdf")


def test_wall(tmp_path: Path) -> None:
    """A page behind a paywall is said to be one before what is read of it is shown."""
    path = tmp_path / "locked.html"
    path.write_text(f"<html><body>{LOCKED}</body></html>")
    shown = tried(path)
    assert shown.index("isAccessibleForFree is false; if a feed led here") < shown.index("ALERT  Manbij")


def test_no_page(tmp_path: Path) -> None:
    """A file that is no page is refused by name."""
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.7 and no more")
    shown = CliRunner().invoke(main, ["try", str(path)])
    assert shown.exit_code != 0
    assert "broken.pdf is a PDF that cannot be read" in " ".join(shown.output.split())
