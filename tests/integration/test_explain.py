"""`changehands explain`: coloured text in the terminal and as a page, whatever the text holds."""

from pathlib import Path

from bs4 import BeautifulSoup
from click.testing import CliRunner

from streams.cli import main

TEXT = """نفى ناشطون سقوط بلدة سراقب بيد قوات النظام.
The Syrian army recaptured Khan Shaykhun. <script>alert(1)</script> & \x1b[31mred"""


def explained(folder: Path, *options: str) -> str:
    path = folder / "report.txt"
    path.write_text(TEXT, "utf-8")
    result = CliRunner().invoke(main, ["explain", *options, str(path)])
    assert result.exit_code == 0, result.output
    return result.output


def test_page_marks_words_and_direction(tmp_path: Path) -> None:
    """The page's Arabic paragraph runs from the right, and each word has the part it plays."""
    page = BeautifulSoup(explained(tmp_path, "--html"), "lxml")
    first, second = page.select("section p")
    assert (first["dir"], second["dir"]) == ("rtl", "ltr")
    marked = {mark["class"][0]: mark.text for mark in first.select("mark")}
    assert marked == {"status": "نفى", "trigger": "بيد", "place": "سراقب", "gaining": "قوات النظام"}
    assert [mark.text for mark in second.select("mark.trigger")] == ["recaptured"]


def test_page_runs_nothing_of_the_text(tmp_path: Path) -> None:
    """Markup in the text is shown as text, control characters as pictures."""
    page = explained(tmp_path, "--html")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "\x1b" not in page


def test_terminal_names_what_decided(tmp_path: Path) -> None:
    """The terminal lists each claim with the words that decide its status, and no control character of the text."""
    shown = explained(tmp_path)
    assert "denied: by the words \u2068نفى\u2069" in shown
    assert "en.retake.past" in shown
    assert "\x1b[31m" not in shown


def test_text_without_claims_says_so(tmp_path: Path) -> None:
    """A text without claims is told so."""
    path = tmp_path / "quiet.txt"
    path.write_text("The market was busy.", "utf-8")
    assert "nothing in it says" in CliRunner().invoke(main, ["explain", str(path)]).output
