"""Who pushes a feed."""

from __future__ import annotations

import pytest

from connectors.reading.formats import document
from connectors.reading.hubs import linked_hub
from tests.feedmaker import NOW, URL, entry, rss

HUB, TOPIC = "https://hub.example/", "http://news.example/feed.xml?all"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        (f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"', (HUB, TOPIC)),
        (f"<{TOPIC}>;rel=self,<{HUB}>;rel=hub", (HUB, TOPIC)),
        (f'<{HUB}>; title="a, b"; rel="hub nofollow"', (HUB, URL)),
        ("</hub>; rel=HUB", ("http://news.example/hub", URL)),
        (f'<{TOPIC}>; rel="self"', None),
        (f'<{HUB}>; rel="stylesheet hubs"', None),
        ("<javascript:alert(1)>; rel=hub", None),
        ("<" * 100_000, None),
        ("", None),
    ],
)
def test_header(header: str, found: tuple[str, str] | None) -> None:
    """The Link header names hub and topic in any order and spelling; without a topic it is the feed itself."""
    assert linked_hub(header, URL) == found


def test_document() -> None:
    """RSS, Atom and JSON Feed name their hubs; the first counts."""
    link = '<a:link xmlns:a="http://www.w3.org/2005/Atom" rel="%s" href="%s"/>'
    head = link % ("hub", HUB) + link % ("hub", "https://second.example/") + link % ("self", TOPIC)
    json = '{"version": "https://jsonfeed.org/version/1.1", "feed_url": "%s", "hubs": [%s], "items": []}'
    links = f'<link rel="hub" href="{HUB}"/><link rel="self" href="{TOPIC}"/>'
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom">{links}</feed>'
    for text in (
        rss(entry(1), head=head),
        atom,
        json % (TOPIC, f'{{"type": "rssCloud", "url": "http://x/"}}, {{"type": "WebSub", "url": "{HUB}"}}'),
    ):
        assert document(text, url=URL, now=NOW).hub == (HUB, TOPIC)
    assert document(rss(entry(1)), url=URL, now=NOW).hub is None
