"""What the web application refuses and how it is hardened, asked over a real socket."""

import json

import pytest

from streams.counters import Counters
from streams.errors import ConfigError
from streams.settings import WebSettings
from streams.topics import CONTROL_ALERTS
from streams.web.app import STATIC, build_app
from streams.web.serving import serving
from tests.alerts import HOSTILE, alert, telling
from tests.journals import journal
from tests.served import LOOPBACK, heads, numbered, site, take

__all__ = ["journal"]


@pytest.mark.asyncio
async def test_a_senseless_event_id_is_refused(journal):
    """An id that is not ours gets an answer that says what one looks like."""
    async with site(journal) as session, session.get("/stream?after=<b>") as response:
        assert response.status == 400
        assert "such as 0:41" in await response.text()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "path", ["/", "/stream", "/api/alerts", "/api/sources", "/health", "/static/app.js", "/nowhere"]
)
async def test_every_answer_carries_the_policy(journal, path):
    """No answer, not even an error or a stream, goes out without the content security policy."""
    async with site(journal) as session, session.get(path) as response:
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http:" not in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.asyncio
async def test_the_page_asks_nothing_of_anyone_else(journal):
    """The page has no inline script or style and no address outside itself."""
    async with site(journal) as session:
        texts = []
        for path in ("/", *(f"/static/{file.name}" for file in STATIC.iterdir())):
            async with session.get(path) as response:
                assert response.status == 200
                texts.append((path, await response.text()))
    for path, text in texts:
        known = text.replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in known, path
        assert "https://" not in known, path
        assert "innerHTML" not in text, path
        assert "style=" not in text, path
    assert "<script>" not in texts[0][1]


@pytest.mark.asyncio
async def test_hostile_texts_travel_as_json_strings(journal):
    """Whatever a source wrote comes out of the API as a string of a JSON document, never as markup."""
    told = telling("".join(HOSTILE) + " Marsa Nahr", gainer=None, loser=None, trigger=None, title=HOSTILE[0])
    await journal.publish(CONTROL_ALERTS, [alert("evil", told, headline=HOSTILE[1])])
    async with site(journal) as session:
        (_, card), *_ = await take(session, 1)
        async with session.get("/api/alerts") as response:
            assert response.content_type == "application/json"
    assert card["headline"] == HOSTILE[1]
    assert "\x1b" not in json.dumps(card, ensure_ascii=False)


@pytest.mark.asyncio
async def test_a_record_that_is_no_alert_is_counted_and_passed_over(journal):
    """One bad record in the topic does not end the stream."""
    await journal.publish(CONTROL_ALERTS, numbered(1))
    await journal.publish_bytes(CONTROL_ALERTS, partition=0, key="x", value=b'{"v":99}')
    await journal.publish(CONTROL_ALERTS, numbered(2))
    async with site(journal) as session:
        assert heads(await take(session, 2)) == ["headline 1", "headline 2"]
        async with session.get("/health") as response:
            assert (await response.json())["unreadable"] == 1


@pytest.mark.asyncio
async def test_another_host_name_is_refused_on_loopback(journal):
    """A web page that points its own name at this machine reads nothing (DNS rebinding)."""
    async with site(journal) as session:
        async with session.get("/api/alerts", headers={"Host": "evil.example"}) as response:
            assert response.status == 421
        async with session.get("/api/alerts", headers={"Host": "localhost:1"}) as response:
            assert response.status == 200


@pytest.mark.asyncio
@pytest.mark.parametrize("limit", ["-1", "x", "٣", "9" * 40])
async def test_a_senseless_limit_is_refused(journal, limit):
    """A limit that is no number gets 400, not a trace."""
    async with site(journal) as session, session.get("/api/alerts", params={"limit": limit}) as response:
        assert response.status == 400


@pytest.mark.asyncio
async def test_a_taken_port_is_one_clear_error(journal):
    """A second page on one port says which and what to set."""
    async with site(journal) as session:
        port = int(str(session._base_url.port))
        with pytest.raises(ConfigError, match=rf"127\.0\.0\.1:{port} .*set another web\.port"):
            async with serving(build_app(journal, Counters(), LOOPBACK), WebSettings(port=port)):
                pass
