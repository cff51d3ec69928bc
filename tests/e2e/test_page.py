"""The page in a real Chromium: alerts arrive, hostile text stays text, Arabic runs from the right."""

from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import pytest_asyncio
from msgspec.structs import replace
from playwright.async_api import expect

from streams.alerts import AlertState, Judged, Reason, Rule
from streams.counters import Counters, Ending
from streams.embedded.journal import SqliteJournal
from streams.highlight import printable
from streams.items import Cursor, SourceHealth
from streams.mentions import Actor
from streams.settings import WebSettings
from streams.sources import SourceSettings
from streams.topics import CONTROL_ALERTS
from streams.verdicts import Verdict
from streams.web.app import build_app
from streams.web.serving import serving
from tests.alerts import ARABIC, HOSTILE, NOON, alert, arabic, telling
from tests.browser import in_browser

TWO_SECONDS = 2_000
SOURCES = (SourceSettings(id="harbour-post", url="https://harbour.example/rss", name="Harbour Post"),)


@pytest_asyncio.fixture(loop_scope="session")
async def journal(tmp_path):
    opened = SqliteJournal(f"sqlite:///{tmp_path / 'journal.db'}")
    yield opened
    await opened.close()


@asynccontextmanager
async def served(journal, *, port=0, counters=None):
    settings = WebSettings(port=port)
    async with serving(build_app(journal, counters or Counters(), settings, sources=SOURCES), settings) as url:
        yield url


@in_browser
async def test_an_alert_is_on_the_page_within_two_seconds(journal, browsing):
    """A person who looks at the page sees a new alert without doing anything, and its later revision in its place."""
    async with served(journal) as url, browsing(url) as page:
        await expect(page.locator("#empty")).to_be_visible()
        await journal.publish(CONTROL_ALERTS, [alert("a1", telling(), headline="Marsa Nahr changes hands")])
        card = page.locator(".card")
        await expect(card.locator(".headline")).to_have_text("Marsa Nahr changes hands", timeout=TWO_SECONDS)
        await expect(card.locator(".state")).to_have_text("Reported")
        await expect(page.locator("#empty")).to_be_hidden()
        await card.locator("summary").click()
        more = alert("a1", telling(), arabic(), revision=2, state=AlertState.CORROBORATED, sources=2)
        await journal.publish(CONTROL_ALERTS, [more])
        await expect(card.locator(".state")).to_have_text("Corroborated", timeout=TWO_SECONDS)
        await expect(card).to_have_count(1)
        await expect(card.locator(".tellings > li").nth(1)).to_be_visible()  # what was opened stays open
        assert page.said == []
        assert [asked for asked in page.asked if not asked.startswith(url)] == []


@in_browser
async def test_feed_text_only(journal, browsing):
    """Of a telling whose page lets nobody read on the card says so with the reason, which is never markup."""
    walls = ("it asks for consent first", None, f"it says {HOSTILE[0]}")
    told = [
        replace(telling(source=f"paper-{number}"), item=replace(telling().item, wall=wall))
        for number, wall in enumerate(walls)
    ]
    await journal.publish(CONTROL_ALERTS, [alert("a1", *told)])
    async with served(journal) as url, browsing(url) as page:
        card = page.locator(".card")
        await expect(card.locator(".facts .walled")).to_have_text("feed text only: its page asks for consent first")
        await card.locator("summary").click()
        said = await card.locator(".tellings > li").all_text_contents()
        assert ["feed text only" in one for one in said] == [True, False, True]
        assert await page.locator("#feed :is(script, img, svg, iframe)").count() == 0
        assert page.said == []


@in_browser
@pytest.mark.parametrize("hostile", HOSTILE)
async def test_hostile_text_stays_text(journal, browsing, hostile):
    """In headline, sentence, title, speaker and address, markup is read and never run."""
    told = telling(
        f"{hostile} Marsa Nahr", gainer=None, loser=None, trigger=None, title=hostile, speaker=hostile, url=hostile
    )
    await journal.publish(CONTROL_ALERTS, [alert("evil", told, headline=hostile)])
    async with served(journal) as url, browsing(url) as page:
        await page.locator("summary").click()
        assert await page.title() == "changehands"
        assert await page.locator("#feed :is(script, img, svg, iframe)").count() == 0
        assert await page.locator("#feed a").count() == 0
        assert await page.locator(".headline").text_content() == printable(hostile)
        assert (await page.locator("article > .sentence").text_content()).startswith(printable(hostile))
        assert page.said == []


@in_browser
async def test_arabic_runs_from_the_right(journal, browsing):
    """The Arabic sentence is laid out right to left inside an English page, whatever word it begins with."""
    first = telling(
        "ISIS: " + ARABIC, place="تل الزيتون", gainer="قوات الشمال", loser=None, trigger=None, language="ar"
    )
    named = alert("a1", arabic(), headline="تل الزيتون: Wadi Brigades → Northern Forces")
    await journal.publish(CONTROL_ALERTS, [named, alert("a2", first)])
    async with served(journal) as url, browsing(url) as page:
        sentences = page.locator("article > .sentence")
        await expect(sentences).to_have_count(2)
        for sentence in await sentences.all():
            assert await sentence.evaluate("e => getComputedStyle(e).direction") == "rtl"
            assert await sentence.evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"
        for headline in await page.locator("h3 bdi").all():
            assert await headline.evaluate("e => getComputedStyle(e).direction") == "ltr"
        gainer = await sentences.last.locator("mark.gainer").bounding_box()
        place = await sentences.last.locator("mark.place").bounding_box()
        assert gainer["x"] > place["x"]  # the first word of the two stands further right


@in_browser
async def test_a_restart_of_the_server_loses_no_alert(journal, browsing):
    """The open page finds the server again and shows what was published while it was away."""
    async with AsyncExitStack() as browser:
        async with served(journal) as url:
            port = int(url.rsplit(":", 1)[1].strip("/"))
            page = await browser.enter_async_context(browsing(url))
            await journal.publish(CONTROL_ALERTS, [alert("a1", headline="before")])
            await expect(page.locator(".headline")).to_have_text("before")
        await journal.publish(CONTROL_ALERTS, [alert("a2", headline="meanwhile")])
        await expect(page.locator("#link")).to_contain_text("Reconnecting")
        async with served(journal, port=port):
            await expect(page.locator(".headline").first).to_have_text("meanwhile", timeout=15_000)
            await expect(page.locator(".card")).to_have_count(2)
            await expect(page.locator("#link")).to_have_text("Live")


@in_browser
async def test_the_page_is_never_blank(journal, browsing):
    """Without one alert the page says what was read, how it ended and why."""
    health = SourceHealth(polled_at=NOON, next_at=NOON, outcome="ok", items_total=12)
    await journal.save([], Cursor(source="harbour-post", state=b"{}", health=health, saved_at=NOON))
    counters = Counters()
    counters.count(Ending("enrich", "harbour-post", "no-mention"), 12)
    async with served(journal, counters=counters) as url, browsing(url) as page:
        await expect(page.locator("#empty-why")).to_contain_text("12 items read from 1 sources")
        await expect(page.locator(".source .name")).to_contain_text("Harbour Post")
        await expect(page.locator(".ending")).to_contain_text("says nothing of a place changing hands")


@in_browser
async def test_sources_in_trouble_stand_on_top(journal, browsing):
    """A source that fails comes first, then one of which something is to be known; both say it."""
    well = SourceHealth(polled_at=NOON, next_at=NOON, outcome="ok")
    told = replace(well, text="no new entry since 2026-01-01", notes=("silent",))
    failing = replace(well, outcome="refused", text="HTTP 404 Not Found")
    for id_, health in (("well", well), ("told", told), ("failing", failing)):
        await journal.save([], Cursor(source=id_, state=b"{}", health=health, saved_at=NOON))
    sources = tuple(SourceSettings(id=id_, url=f"https://{id_}.example/") for id_ in ("well", "told", "failing"))
    settings = WebSettings(port=0)
    async with (
        serving(build_app(journal, Counters(), settings, sources=sources), settings) as url,
        browsing(url) as page,
    ):
        await expect(page.locator(".source")).to_have_count(3)
        await expect(page.locator(".source .name")).to_have_text(["failing ↗", "told ↗", "well ↗"])
        await expect(page.locator(".source").nth(0)).to_contain_text("HTTP 404 Not Found")
        await expect(page.locator(".source").nth(1)).to_contain_text("no new entry since")


@in_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
async def test_the_page_fits_and_reads(journal, browsing, width, scheme):
    """Nothing sticks out at either width, and every word has the contrast that WCAG AA asks for."""
    states = [alert(f"a{number}", arabic(), state=state) for number, state in enumerate(AlertState)]
    await journal.publish(CONTROL_ALERTS, [*states, alert("demo", demo=True)])
    async with served(journal) as url, browsing(url, width=width, scheme=scheme) as page:
        await expect(page.locator(".card")).to_have_count(len(states) + 1)
        await page.emulate_media(reduced_motion="reduce", color_scheme=scheme)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await page.evaluate(FAINT) == []


@in_browser
async def test_the_keyboard_reaches_the_evidence_and_shows_where_it_is(journal, browsing):
    """Tab leads through the page with a visible ring that a revision does not take away, and Enter opens."""
    await journal.publish(CONTROL_ALERTS, [alert("a1")])
    async with served(journal) as url, browsing(url) as page:
        for _ in range(12):
            await page.keyboard.press("Tab")
            if await page.evaluate("document.activeElement.tagName") == "SUMMARY":
                break
        await journal.publish(CONTROL_ALERTS, [alert("a1", revision=2, headline="later")])
        await expect(page.locator(".headline")).to_have_text("later")
        assert await page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        await page.keyboard.press("Enter")
        await expect(page.locator(".tellings")).to_be_visible()


@in_browser
@pytest.mark.parametrize("note", [*HOSTILE, "شريط قديم من السنة الماضية"])
async def test_a_verdict_stands_on_the_card_as_text(journal, browsing, note):
    """Who rejected an alert and why is read below its headline, as words in their own direction and never as markup."""
    judged = Judged(feedback_id="f", verdict=Verdict.REJECT, analyst=f"Layla {note}", note=note, at=NOON)
    await journal.publish(CONTROL_ALERTS, [alert("a1")])
    async with served(journal) as url, browsing(url) as page:
        await expect(page.locator(".card")).to_have_count(1)
        await expect(page.locator(".ruled")).to_have_count(0)
        revised = replace(alert("a1", revision=2, state=AlertState.REJECTED), judged=judged)
        await journal.publish(CONTROL_ALERTS, [revised])
        said = page.locator(".card .ruled")
        await expect(said).to_have_count(1, timeout=TWO_SECONDS)
        assert await said.text_content() == f"rejected by Layla {printable(note)}: {printable(note)}"
        directions = await said.locator("bdi").evaluate_all("all => all.map(e => getComputedStyle(e).direction)")
        assert directions[1] == ("rtl" if note.startswith("ش") else "ltr")
        assert await page.title() == "changehands"
        assert await page.locator("#feed :is(script, img, svg, iframe)").count() == 0
        assert page.said == []


# Every element with words of its own whose colour has less than 4.5:1 on the nearest ground below it (WCAG 2.2, 1.4.3).
FAINT = """() => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const linear = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
  const light = (colour) => {
    const [r, g, b] = rgba(colour).map(linear);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (e) => {
    while (e && rgba(getComputedStyle(e).backgroundColor)[3] < 255) e = e.parentElement;
    return e ? getComputedStyle(e).backgroundColor : "white";
  };
  const has_words = (e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  const shown = (e) => !e.closest("svg, .skip, .unseen, noscript, [hidden]") && has_words(e);
  const ratio = (e) => {
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const all = [...document.querySelectorAll("body *")].filter(shown);
  if (all.length < 50) throw new Error("nothing to measure");
  return all.filter((e) => ratio(e) < 4.5).map((e) => `${e.className || e.tagName} ${ratio(e).toFixed(2)}`);
}"""


@in_browser
async def test_what_others_tell_instead_stands_apart(journal, browsing):
    """A disputed alert shows who says so and who says otherwise, each with the evidence, and why."""
    rival = replace(arabic(), gaining=Actor(text="River Guard", start=0, end=11))
    reason = Reason(rule=Rule.CONTRADICTED, before=0.9, after=0.45, claim_ids=(rival.claim_id,))
    disputed = replace(alert(state=AlertState.DISPUTED), against=(rival,), reasons=(reason,))
    await journal.publish(CONTROL_ALERTS, [disputed])
    async with served(journal) as url, browsing(url) as page:
        card = page.locator("article").first
        await card.locator("summary").first.click()
        heads = card.locator("h4.side")
        await expect(heads.nth(0)).to_contain_text("Says so: ")
        await expect(heads.nth(1)).to_contain_text("Says otherwise: ")
        await expect(card.locator("ol.tellings").nth(1)).to_contain_text("أعلنت")
        await expect(card).to_contain_text("told otherwise, taken by River Guard")
        assert page.said == []
