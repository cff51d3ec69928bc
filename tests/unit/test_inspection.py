"""What `changehands check` finds wrong with a source as it is configured."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.kinds import KINDS, LOCALS, STREAMS
from streams.inspection import inspect
from streams.settings import Settings
from streams.sources import SourceSettings

pytestmark = pytest.mark.asyncio
CHANNEL = "UCabcdefghijklmnopqrstuv"


async def found(tmp_path: Path, **source: object) -> tuple[bool, str]:
    """Return whether a source is right, and what is said of it."""
    one = SourceSettings(id="mine", **source)  # type: ignore[arg-type]
    settings = Settings(journal=f"sqlite:///{tmp_path}/journal.db", demo=False, starter_sources=False, sources=(one,))
    findings = await inspect(settings, None)
    return next((finding.right, finding.text) for finding in findings if finding.what == "source mine")


@pytest.mark.parametrize(
    ("kind", "url", "more"),
    [
        ("feed", "https://a.example/rss", {}),
        ("sitemap", "https://a.example/news.xml", {}),
        ("page", "https://a.example/", {}),
        ("listing", "https://a.example/", {"select": "a"}),
        ("telegram", "harbour", {}),
        ("youtube", CHANNEL, {}),
        ("youtube", "@harbour", {}),
        ("reddit", "r/harbour", {}),
        ("mastodon", "https://social.example/public", {"token_file": "token"}),
        ("bluesky", "https://sky.example/subscribe", {}),
        ("x", "https://api.x.com/2/tweets/search/stream", {"token_file": "token", "words": ["ship"]}),
        ("archive", "saved", {}),
    ],
)
async def test_every_kind_is_right_as_the_documents_write_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, url: str, more: dict[str, object]
) -> None:
    """Short names of channels and paths of archives are as right as addresses are."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "token").write_text("a-token")
    (tmp_path / "saved").mkdir()
    assert {kind} <= {*KINDS, *STREAMS, *LOCALS}
    assert await found(tmp_path, kind=kind, url=url, **more) == (True, url)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ({"kind": "feed", "url": "ftp://a.example/rss"}, "only http and https"),
        ({"kind": "archive", "url": "nowhere"}, "'nowhere' cannot be read: No such file or directory"),
        ({"kind": "mastodon", "url": "https://social.example/public"}, "name that in token_file"),
        ({"kind": "mastodon", "url": "https://social.example/public", "token_file": "none"}, "'none' cannot be read"),
        ({"kind": "mastodon", "url": "https://social.example/nothing", "token_file": "token"}, "/nothing"),
        ({"kind": "reddit", "url": "r/harbour", "token_file": "token"}, "feed=0123abcd&user=amal"),
        ({"kind": "feed", "url": "https://news.example/feed", "token_file": "none"}, "'none' cannot be read"),
        ({"kind": "bluesky", "url": "wss://sky.example/subscribe"}, "only http and https"),
    ],
)
async def test_what_cannot_be_read_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: dict[str, object], said: str
) -> None:
    """What polling would refuse at once is told before anything runs: addresses, paths, tokens that are not there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "token").write_text("a-token")
    right, text = await found(tmp_path, **source)
    assert not right
    assert said in text
