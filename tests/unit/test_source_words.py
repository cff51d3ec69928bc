"""What people are told of sources: health in words, reasons of a schedule, advice, ids, secrets hidden. All pure."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console
from rich.text import Text

from connectors.asking.status import no_answer, refusal
from connectors.connector import Response
from connectors.finding.advice import advice
from connectors.finding.naming import id_for
from connectors.polling.reasons import reasons, span
from connectors.schedule import Schedule
from streams.items import Cursor, SourceHealth
from streams.masking import masked
from streams.roster import LATE, Row, ago, chosen, mood, remarks, rows, short
from streams.rosterview import fitted, name_cell, table_of
from streams.sources import SourceSettings

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOURCE = SourceSettings(id="harbour", url="https://amal:pw@harbour.example/feed", language="ar", side="navy")


def health(**facts: object) -> SourceHealth:
    """Return the health of a source that answered four minutes ago."""
    usual = {"polled_at": NOW - timedelta(minutes=4), "next_at": NOW + timedelta(minutes=6), "outcome": "ok"}
    return SourceHealth(**(usual | facts))  # type: ignore[arg-type]


def row(known: SourceHealth | None, source: SourceSettings = SOURCE) -> Row:
    """Return the row of a source with this health."""
    cursors = {source.id: Cursor(source=source.id, state=b"{}", health=known, saved_at=NOW)} if known else {}
    return rows([(source, "configuration")], cursors, NOW)[0]


@pytest.mark.parametrize(
    ("known", "state", "words", "look"),
    [
        (None, "waiting", "waiting", "calm"),
        (health(), "ok", "ok, 4 min ago", "good"),
        (health(notes=("silent", "moved")), "ok", "ok, 4 min ago, silent, moved", "calm"),
        (
            health(outcome="refused", http_status=403, failures=1.0, failing_since=NOW - timedelta(hours=30)),
            "failing", "failing 30 h: HTTP 403", "bad",
        ),
        (
            health(outcome="unreadable", http_status=200, failures=1.0, failing_since=NOW - timedelta(days=3)),
            "failing", "failing 3 days: unreadable", "bad",
        ),
        (health(outcome="unavailable", failing_since=NOW), "failing", "failing 0 s: unavailable", "bad"),
        (health(outcome="refused", failures=3.0, notes=("gone", "parked")), "parked", "parked", "bad"),
        (health(next_at=NOW - timedelta(hours=3)), "overdue", "overdue 3 h", "bad"),
        (health(next_at=NOW - LATE), "ok", "ok, 4 min ago", "good"),
    ],
)  # fmt: skip
def test_states(known: SourceHealth | None, state: str, words: str, look: str) -> None:
    """Each way a source can stand has a word, a short text and a colour."""
    found = row(known)
    assert (found.state, short(found, NOW), mood(found)) == (state, words, look)
    assert found.is_failing is (look == "bad")


def test_switched_off() -> None:
    """A source that is off is neither failing nor waited for, whatever it did before."""
    found = row(health(failures=9.0), SOURCE.model_copy(update={"enabled": False}))
    assert (found.state, found.is_failing, short(found, NOW)) == ("off", False, "off")


def test_old_cursors() -> None:
    """A cursor from before since-when was kept counts as failing since its last poll."""
    assert row(health(failures=1.0)).failing_since == NOW - timedelta(minutes=4)


def test_what_is_to_be_known() -> None:
    """Stubs, a move and a poller that is away are told beside the health's own text, each once."""
    assert remarks(row(health(pages=9, stubs=2))) == ["2 of its 9 pages let nobody read on"]
    walled = health(pages=9, stubs=8, notes=("walled",), text="8 of its 9 pages let nobody read on")
    assert remarks(row(walled)) == ["8 of its 9 pages let nobody read on"]
    assert remarks(row(health(moved_to="https://new.example/feed"))) == [
        "is read at https://new.example/feed; put that into the configuration"
    ]
    assert "is `run` or `connect` running?" in remarks(row(health(next_at=NOW - timedelta(hours=1))))[0]


def test_filters() -> None:
    """Kind, side and language each narrow the list, none leaves it whole."""
    found = [row(None)]
    assert chosen(found) == chosen(found, kind="feed", side="navy", language="ar") == found
    assert chosen(found, kind="page") == chosen(found, side="army") == chosen(found, language="en") == []


def test_no_secret_in_a_row() -> None:
    """Passwords and keys in addresses and texts are never shown."""
    text = "GET https://amal:pw@harbour.example/feed?token=abc: HTTP 500"
    found = row(health(text=text, moved_to="https://x:y@new.example/?api_key=1&a=2"))
    assert (found.url, found.text) == (
        "https://***@harbour.example/feed",
        "GET https://***@harbour.example/feed?token=***: HTTP 500",
    )
    assert found.moved_to == "https://***@new.example/?api_key=***&a=2"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://www.reddit.com/.rss?feed=0123456789abcdef0123&user=amal", "https://www.reddit.com/.rss?feed=***&user=amal"),
        ("https://blog.example/?feed=rss2", "https://blog.example/?feed=rss2"),
        ("https://a.example/?access_token=x.y.z, and on", "https://a.example/?access_token=***, and on"),
        ("https://a.example/?page=2#token=1", "https://a.example/?page=2#token=1"),
        ("write to a@b.example", "write to a@b.example"),
        ("kafka://user:pw@broker:9092", "kafka://***@broker:9092"),
    ],
)  # fmt: skip
def test_masks(text: str, shown: str) -> None:
    """Keys are hidden, and what only looks like one is not."""
    assert masked(text) == shown


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59, "59 s"), (90, "1.5 min"), (7200, "2 h"), (86400, "24 h"), (172800, "2 days")],
)
def test_spans(seconds: float, words: str) -> None:
    """Times are told in the unit in which people say them."""
    assert span(seconds) == words


def test_ago() -> None:
    """How long ago something was is told in whole units, never as more than it is."""
    assert [ago(NOW - timedelta(seconds=s), NOW) for s in (-5, 59, 119, 86399, 200000)] == [
        "0 s", "59 s", "1 min", "23 h", "2 days",
    ]  # fmt: skip


def told(headers: dict[str, str], *, weekly: int = 14, hint: float = 0.0, source: SourceSettings = SOURCE) -> str:
    """Return the reasons of a schedule as one text."""
    schedule = Schedule(next_at=NOW, days={20780: weekly})
    answer = Response(url=source.url, status=200, headers=headers, body=b"x")
    return "; ".join(reasons(source, schedule, answer, NOW, hint=hint))


def test_reasons() -> None:
    """News, floor, ceiling, the server's and the feed's own wishes each appear where they count, and only there."""
    tag = {"etag": '"a"'}
    assert told(tag) == "14 items in the last seven days: half the mean gap is 6 h; never later than 1 h"
    assert "never sooner than 5 min" in told(tag, weekly=5000)
    assert "each poll downloads the whole, so 1 h lie between" in told({})
    assert "fresh for 10 min" in told(tag | {"cache-control": "max-age=600"})
    assert "the feed asks for 2 h" in told({}, hint=7200)
    assert "the feed asks" not in told(tag, hint=7200)
    assert told({}, source=SOURCE.model_copy(update={"allow_private": True})).startswith("a source of our own house")


@pytest.mark.parametrize(
    ("status", "headers", "word"),
    [
        (401, {}, "login"),
        (403, {}, "user_agent"),
        (403, {"cf-mitigated": "challenge", "content-type": "text/html"}, "shield"),
        (404, {}, "sources add"),
        (410, {}, "gone for good"),
        (429, {}, "too often"),
    ],
)
def test_advice_by_status(status: int, headers: dict[str, str], word: str) -> None:
    """What a server answers leads to what a person can do."""
    failure = refusal("http://a.example/", status, headers, NOW)
    known = health(
        outcome=failure.outcome, text=failure.text, http_status=status, notes=tuple(filter(None, (failure.about,)))
    )
    assert word in advice(known)


@pytest.mark.parametrize(
    ("why", "word"),
    [
        ("ClientConnectorCertificateError: Cannot connect to host a.example:443", "certificate"),
        ("the host's name is not known: Name or service not known", "spelled"),
        ("no whole answer in time", "total_seconds"),
        ("the body is larger than 15728640 bytes", "too large"),
        ("it is an HTML page", "--kind listing"),
        ("something else", ""),
    ],
)
def test_advice_by_words(why: str, word: str) -> None:
    """Failures without a status are told by their words; of an unknown one nothing is made up."""
    assert word in advice(health(outcome="unavailable", text=no_answer("http://a.example/", why).text))


@pytest.mark.parametrize(
    ("name", "url", "made"),
    [
        ("SANA (English)", "https://sana.sy/en/feed", "sana-english"),
        ("Le Monde – Édition", "x", "le-monde-edition"),
        ("عنب بلدي", "https://www.enabbaladi.net/feed/", "enabbaladi"),
        ("", "https://feeds.bbci.co.uk/arabic/rss.xml", "bbci-feeds-arabic"),
        ("", "http://127.0.0.1:8080/news.xml", "127-0-0-1-news"),
        ("", "http://[bad", "source"),
        ("…", "", "source"),
        ("a" * 200, "", "a" * 64),
    ],
)
def test_ids(name: str, url: str, made: str) -> None:
    """An id is of the name in Latin letters, else of the address; the next of a name is numbered."""
    assert id_for(name, url, ()) == made
    assert SourceSettings(id=id_for(name, url, {made}), url="http://a.example").id == f"{made[:62]}-2"


def test_cut_names() -> None:
    """An Arabic name that is too long ends in dots that stand at its end, whatever the line's direction."""
    cells = [
        {"publisher": name_cell(name), "rest": Text("x" * 40)}
        for name in ("شبكة أخبار الميناء", "Harbour and Sea News")
    ]
    console = Console(width=24, file=io.StringIO())
    console.print(table_of({"publisher": 10}, cells))
    arabic, latin = console.file.getvalue().splitlines()[1:3]  # type: ignore[attr-defined]
    assert "…\u200f\u200e" in arabic
    assert latin.startswith("Harbour a…")


def test_widths() -> None:
    """Columns without a word are left out, the widest give way first, and the last takes what is left, if enough."""
    cells = [{"id": Text("a" * 20), "side": Text(""), "health": Text("h" * 30), "address": Text("u" * 90)}]
    assert fitted(cells, 120) == {"id": 20, "health": 30, "address": 66}
    assert fitted(cells, 60) == {"id": 20, "health": 30}
    assert fitted(cells, 40) == {"id": 16, "health": 20}


def test_pushed_source() -> None:
    """Of a source that a hub pushes people see until when, since when it said nothing, and what it did wrong."""
    until, last = NOW + timedelta(days=8), NOW - timedelta(hours=2)
    assert remarks(row(health(leased_until=until, pushed_at=last))) == [
        "its hub pushes what is new until 2026-12-01 12:00 UTC, the last time at 2026-11-23 10:00 UTC"
    ]
    assert remarks(row(health(leased_until=until, pushes_refused=3))) == [
        "its hub pushes what is new until 2026-12-01 12:00 UTC, nothing yet",
        "3 pushes were not signed as agreed and were not read",
    ]
    said = "the hub did not take the subscription: POST https://amal:pw@hub.example/: HTTP 500"
    (told,) = remarks(row(health(push_text=said)))
    assert told.endswith("; it is polled")
    assert "pw" not in told
    assert remarks(row(health(push_text="why", leased_until=until)))[1] == "why"
