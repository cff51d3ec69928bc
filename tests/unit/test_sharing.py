"""Which process a source falls to."""

from __future__ import annotations

import pytest

from connectors.poller import _word
from streams.sources import SourceSettings


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("https://feeds.bbc.co.uk/arabic", "bbc.co.uk"),
        ("https://www.bbc.co.uk/persian", "bbc.co.uk"),
        ("http://192.0.2.7:8080/rss", "192.0.2.7"),
        ("no address", "s"),
    ],
)
def test_word(url: str, word: str) -> None:
    """All sources of one site fall to one process, which so keeps the site's gate; a bad address falls anywhere."""
    assert _word(SourceSettings(id="s", url=url)) == word


def test_own_house() -> None:
    """Sources of our own house, which keep no gap, are spread one by one."""
    assert _word(SourceSettings(id="s", url="http://10.0.0.1/rss", allow_private=True)) == "s"
