"""What a robots.txt allows, what its absence and its silence mean, and how long rules are remembered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.asking.robots import Leave, RobotsCache, agent_of, leave, request_for, rules_from
from connectors.asking.status import no_answer, refusal
from tests.feedmaker import NOW, answer

ROBOTS = "http://news.example/robots.txt"
RULES = b"""User-agent: *
Disallow: /private
Allow: /private/open
Disallow: /*.pdf$

User-agent: ChangeHands
Disallow: /not-us
Crawl-delay: 90
"""


@pytest.mark.parametrize(
    ("path", "agent", "allowed"),
    [
        ("/a", "other", True),
        ("/private/a", "other", False),
        ("/private/open/a", "other", True),
        ("/a.pdf", "other", False),
        ("/not-us", "changehands", False),
        ("/private/a", "changehands", True),
    ],
)
def test_rules(path: str, agent: str, allowed: bool) -> None:
    """The longest match wins, our own group replaces the general one, case does not matter."""
    assert leave(RULES, f"http://a.example{path}", agent).allowed is allowed


def test_rules_at_their_edges() -> None:
    """A delay of more than half a minute is too slow for news; an empty file and broken bytes forbid nothing."""
    assert leave(RULES, "http://a.example/", "changehands") == Leave(allowed=True, delay=30, is_too_slow=True)
    assert leave(b"\xef\xbb\xbfUser-agent: *\nDisallow: /x", "http://a.example/x", "changehands").allowed is False
    for text in (b"", b"<html><body>404</body></html>", b"\xff\xfe\x00User-agent"):
        assert leave(text, "http://a.example/x", "changehands").allowed


def test_what_an_answer_means() -> None:
    """A client error means no rules; a server error, a busy host and silence mean that nothing is allowed yet."""
    assert rules_from(answer("x"), NOW).text == b"x"
    assert [rules_from(refusal(ROBOTS, status, {}, NOW), NOW).text for status in (404, 403, 410)] == [b"", b"", b""]
    assert [rules_from(refusal(ROBOTS, status, {}, NOW), NOW).text for status in (500, 503, 429)] == [None] * 3
    assert rules_from(no_answer(ROBOTS, "no"), NOW).text is None


def test_page_as_rules() -> None:
    """A site that answers with a page has no rules, whatever words stand in it."""
    page = answer("\n<!doctype html><pre>User-agent: *\nDisallow: /\n</pre>")
    assert rules_from(page, NOW).text == b""


def test_silent_site() -> None:
    """A site that falls silent keeps its last rules, is asked each hour, and after 30 days has none."""
    silent = refusal(ROBOTS, 500, {}, NOW)
    known = rules_from(silent, NOW, rules_from(answer("Disallow: /a"), NOW))
    assert (known.text, known.until) == (b"Disallow: /a", NOW + timedelta(hours=1))
    never = rules_from(silent, NOW)
    for days, text in ((29, None), (30, b"")):
        assert rules_from(silent, NOW + timedelta(days=days), never).text == text
    assert rules_from(answer("x"), NOW, never).silent_since is None


@pytest.mark.parametrize("bound", [("MAX_SITES", 3), ("MAX_BYTES", 3)])
def test_remembered_sites(bound: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules that hold no more, or not for long, make room where there are too many or they are too long."""
    monkeypatch.setattr(f"connectors.asking.robots.{bound[0]}", bound[1])
    cache = RobotsCache()
    for number in range(4):
        cache.learn(str(number), answer("x"), NOW + timedelta(hours=2 * number))
    assert list(cache.rules) == ["2", "3"]


def test_names() -> None:
    """The question goes to the page's own site and port, under our product token."""
    assert request_for("https://a.example:8443/x?y#z").url == "https://a.example:8443/robots.txt"
    assert agent_of("changehands/0.1 (+https://a.example)") == "changehands"
