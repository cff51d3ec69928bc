"""Who holds what, and what alerts say of it, in a real Chromium: changes arrive, days are picked, nothing runs."""

from datetime import UTC, date, datetime

import pytest
import pytest_asyncio
from msgspec.structs import replace
from playwright.async_api import expect

from streams.alerts import AlertState, Before, Holder, LedgerCheck, Reason, Rule
from streams.embedded.journal import SqliteJournal
from streams.highlight import printable
from streams.mentions import Status
from streams.notices import Level
from streams.topics import CONTROL_ALERTS, LEDGER, NOTICES
from tests.alerts import HOSTILE, alert, arabic, telling
from tests.browser import in_browser
from tests.e2e.test_page import FAINT, TWO_SECONDS, served
from tests.ledgers import NORTH, RIVER, WADI, page, silence, spell, stretch, word

LIVE = 6_000  # the view asks every two seconds


@pytest_asyncio.fixture(loop_scope="session")
async def journal(tmp_path):
    opened = SqliteJournal(f"sqlite:///{tmp_path / 'journal.db'}")
    yield opened
    await opened.close()


def told_alert(**changes):
    """Return an alert that the ledger contradicts, told by two and denied by one."""
    denial = replace(telling(source="wadi", speaker="River Guard"), status=Status.DENIED)
    held = Before(holders=(Holder(key="wadi", text="Wadi Brigades"),), since=date(2014, 6, 1))
    reasons = (
        Reason(rule=Rule.INDEPENDENT, before=0.82, after=0.95),
        Reason(rule=Rule.DENIED, before=0.95, after=0.47, claim_ids=(denial.claim_id,)),
    )
    fields = {"ledger_check": LedgerCheck.IMPOSSIBLE, "before": held, "reasons": reasons, "clash": True, "area": True}
    made = alert("a1", telling(), arabic(), denial, state=AlertState.DISPUTED, sources=2)
    return replace(made, **(fields | changes))


@in_browser
async def test_a_change_that_arrives_is_seen_in_the_ledger(journal, browsing):
    """The open view shows a new holder without being asked, and the history that was unfolded with it."""
    await journal.publish(LEDGER, [page()])
    async with served(journal) as url, browsing(f"{url}#ledger") as shown:
        row = shown.locator("#ledger-table tbody")
        await expect(row.locator(".held")).to_have_text("Northern Forces")
        await row.locator(".unfold").click()
        await expect(row.locator(".stretches li")).to_have_count(2)
        taken = stretch("2015-03-10", NORTH, until="2026-03-01"), stretch("2026-03-01", WADI, taken_from=NORTH)
        await journal.publish(LEDGER, [page("Marsa Nahr", *taken, revision=2)])
        await expect(row.locator(".held")).to_have_text("كتائب الوادي", timeout=LIVE)
        await expect(row.locator(".stretches li").last).to_contain_text("taken from Northern Forces")
        await expect(row.locator(".unfold")).to_have_attribute("aria-expanded", "true")
        await journal.publish(LEDGER, [page("Tall Zaytun", key="test:2")])
        await expect(row).to_have_count(2, timeout=LIVE)
        assert shown.said == []
        assert [asked for asked in shown.asked if not asked.startswith(url)] == []


@in_browser
async def test_a_past_day_shows_the_past(journal, browsing):
    """On a day of 2014 the then holder stands in the table; a day later, and today, the one who came after him."""
    await journal.publish(LEDGER, [page(contests=(spell("2015-03-09", "2015-03-12", by=RIVER),))])
    async with served(journal) as url, browsing(f"{url}#ledger") as shown:
        row = shown.locator("#ledger-table tbody")
        await expect(row.locator(".held")).to_have_text("Northern Forces")
        await shown.locator("#day").fill("2015-03-09")
        await expect(row.locator(".held")).to_have_text("River Guard")
        await expect(row.locator(".contested")).to_have_text("contested by River Guard")
        await expect(shown.locator("#ledger-title")).to_have_text("Who held what on 9 Mar 2015")
        assert "at=2015-03-09" in shown.url
        await shown.locator("#later").click()
        await expect(row.locator(".held")).to_have_text("Northern Forces")
        await shown.locator("#day").fill("1999-01-01")
        await expect(shown.locator("#ledger-sum")).to_have_text("Nothing is known of any place on that day.")
        await expect(row).to_have_count(0)
        await shown.locator("#today").click()
        await expect(shown.locator("#ledger-title")).to_have_text("Who holds what")
        await expect(row.locator(".held")).to_have_text("Northern Forces")


@in_browser
async def test_an_address_opens_the_day_it_names(journal, browsing):
    """A view that was sent to somebody opens as it was: day, holder and place."""
    await journal.publish(LEDGER, [page(), page("Tall Zaytun", stretch("2013-01-01", WADI), key="test:2")])
    async with served(journal) as url, browsing(f"{url}#ledger?at=2014-07-01&actor=river") as shown:
        await expect(shown.locator("#ledger-title")).to_have_text("Who held what on 1 Jul 2014")
        await expect(shown.locator(".unfold")).to_have_text("Marsa Nahr")
        await expect(shown.locator("#actor")).to_have_value("river")


@in_browser
async def test_places_and_holders_are_filtered(journal, browsing):
    """Typing part of a name narrows the table; a holder's chip shows what he holds, and again all."""
    await journal.publish(LEDGER, [page(), page("Tall Zaytun", stretch("2014-01-01", WADI), key="test:2")])
    async with served(journal) as url, browsing(f"{url}#ledger") as shown:
        rows = shown.locator("#ledger-table tbody")
        await expect(rows).to_have_count(2)
        await shown.locator("#place").fill("tall")
        await expect(rows.locator(".unfold")).to_have_text(["Tall Zaytun"])
        await shown.locator("#place").fill("")
        await expect(rows).to_have_count(2)
        chip = shown.locator(".holders button").filter(has_text="Northern Forces")
        await chip.click()
        await expect(rows.locator(".unfold")).to_have_text(["Marsa Nahr"])
        await expect(chip).to_have_attribute("aria-pressed", "true")
        await chip.click()
        await expect(rows).to_have_count(2)


@in_browser
async def test_fictional_places_stand_alone_or_apart(journal, browsing):
    """Where there are only DEMO places they are shown, labelled; real ones take their place."""
    await journal.publish(LEDGER, [page("Demo Town", demo=True)])
    async with served(journal) as url, browsing(f"{url}#ledger") as shown:
        await expect(shown.locator("#ledger-table .demo")).to_have_text("DEMO")
        await journal.publish(LEDGER, [page()])
        await expect(shown.locator(".unfold")).to_have_text("Marsa Nahr", timeout=LIVE)
        await shown.locator("#demo").check()
        await expect(shown.locator(".unfold")).to_have_text("Demo Town")


@in_browser
@pytest.mark.parametrize("hostile", HOSTILE)
async def test_hostile_names_stay_text(journal, browsing, hostile):
    """In places, holders, publishers, speakers, addresses and alarms, markup is read and never run."""
    evil = Holder(key=hostile, text=hostile)
    told = stretch("2026-01-01", evil, taken_from=evil, words=(word(hostile, speaker=hostile, url=hostile),))
    fights = (spell("2026-01-01", "2026-11-01", by=evil),)
    await journal.publish(LEDGER, [page(hostile, told, key=hostile, name_ar=hostile, contests=fights, sieges=fights)])
    await journal.publish(NOTICES, [silence(hostile)])
    checked = told_alert(before=Before(holders=(evil,), since=date(2014, 6, 1)), linked_to="x")
    await journal.publish(CONTROL_ALERTS, [replace(checked, from_holder=replace(checked.from_holder, text=hostile))])
    async with served(journal) as url, browsing(f"{url}#ledger") as shown:
        await shown.locator(".unfold").click()
        await expect(shown.locator(".stretches li")).to_have_count(3)
        await expect(shown.locator("#notices")).to_contain_text(printable(hostile).strip()[:10])
        assert (await shown.locator(".unfold").text_content()).strip() == printable(hostile).strip()
        await shown.locator("#alerts-tab").click()
        await shown.locator("details.why summary").click()
        assert await shown.title() in {"changehands", "(1) changehands"}
        assert await shown.locator("main :is(script, img, iframe), main table svg").count() == 0
        assert await shown.locator("#ledger-table a:not([href='https://harbour.example/7'])").count() == 0
        assert shown.said == []


@in_browser
async def test_an_alert_told_late_says_so(journal, browsing):
    """An alert whose first report was out for months has a note of it, one of now has none."""
    fresh = alert("a2", arabic(), headline="Tal az-Zaytun")
    await journal.publish(CONTROL_ALERTS, [alert("a1"), replace(fresh, opened_at=datetime.now(UTC))])
    async with served(journal) as url, browsing(url) as shown:
        await expect(shown.locator(".card")).to_have_count(2)
        notes = shown.locator(".notes .late")
        await expect(notes).to_have_count(1)
        await expect(notes).to_contain_text("late: first told ")


@in_browser
async def test_an_alert_says_how_it_stands_to_the_ledger_and_why_it_is_believed(journal, browsing):
    """Notes beside the headline, reasons that unfold, both sides of a dispute apart, the delays leg by leg."""
    await journal.publish(CONTROL_ALERTS, [told_alert(opened_at=datetime.now(UTC))])
    async with served(journal) as url, browsing(url) as shown:
        card = shown.locator(".card")
        await expect(card.locator(".notes li")).to_have_text(
            [
                "taken from River Guard, but Wadi Brigades held it since 2014-06-01",
                "a day or less: a clash by ACLED's rule",
                "an area: towns inside keep their holders",
            ]
        )
        await card.locator(".why summary").click()
        await expect(card.locator(".why li")).to_have_text(
            ["2 independent publishers: 0.82 → 0.95", "denied (River Guard): 0.95 → 0.47"]
        )
        await expect(card.locator(".facts")).to_contain_text("held before by Wadi Brigades since 1 Jun 2014")
        await expect(card.locator(".leg").first).to_have_text("published → fetched 4 min")
        await expect(card.locator(".leg").last).to_contain_text("fetched → alerted")
        await card.locator("details:not(.why) summary").click()
        heads = card.locator("h4.side")
        await expect(heads).to_have_text(["Says so: Harbour Post, Harbour Media", "Denies it: River Guard"])
        await journal.publish(CONTROL_ALERTS, [replace(told_alert(), revision=2)])
        await expect(card).to_have_attribute("data-revision", "2", timeout=TWO_SECONDS)
        await expect(card.locator(".why li").first).to_be_visible()  # what was opened stays open


@in_browser
async def test_alarms_come_and_go(journal, browsing):
    """A side that fell silent is named above the page until it is heard again."""
    await journal.publish(NOTICES, [silence()])
    async with served(journal) as url, browsing(url) as shown:
        strip = shown.locator("#notices")
        await expect(strip).to_contain_text("Not heard: nobody close to Deir ez-Zor, SY: river was heard for 30 h")
        await journal.publish(NOTICES, [silence(level=Level.CLEARED)])
        await expect(strip).to_be_hidden(timeout=LIVE)


@in_browser
async def test_the_keyboard_opens_the_ledger_and_a_history(journal, browsing):
    """Tab reaches the views, an arrow opens the ledger, Enter unfolds a place; the ring is seen."""
    await journal.publish(LEDGER, [page()])
    async with served(journal) as url, browsing(url) as shown:
        await reach(shown, "alerts-tab")
        await shown.keyboard.press("ArrowRight")
        assert await shown.evaluate("document.activeElement.id") == "ledger-tab"
        await expect(shown.locator("#ledger")).to_be_visible()
        await expect(shown.locator("#alerts")).to_be_hidden()
        await expect(shown.locator(".unfold")).to_be_visible()
        for _ in range(20):
            await shown.keyboard.press("Tab")
            if await shown.evaluate("document.activeElement.className") == "unfold":
                break
        assert await shown.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        await shown.keyboard.press("Enter")
        await expect(shown.locator(".timebar")).to_be_visible()
        await journal.publish(LEDGER, [page("Marsa Nahr", stretch("2016-01-01", WADI), revision=2)])
        await expect(shown.locator("td.held")).to_have_text("كتائب الوادي", timeout=LIVE)
        assert await shown.evaluate("document.activeElement.className") == "unfold"


async def reach(shown, id_):
    for _ in range(12):
        await shown.keyboard.press("Tab")
        if await shown.evaluate("document.activeElement.id") == id_:
            return
    pytest.fail(f"Tab does not reach #{id_}")


@in_browser
async def test_the_bar_of_time_is_as_long_as_the_stretches(journal, browsing):
    """A stretch of nine months stands beside one that lasts, in two colours; Arabic names run from the right."""
    fights = (spell("2014-08-01", "2014-10-01", until="2014-10-02"),)
    held = stretch("2014-06-01", RIVER, until="2015-03-10"), stretch("2015-03-10", WADI)
    await journal.publish(LEDGER, [page("Marsa Nahr", *held, contests=fights)])
    async with served(journal) as url, browsing(f"{url}#ledger") as shown:
        await shown.locator(".unfold").click()
        pieces = shown.locator(".lane .stretch")
        await expect(pieces).to_have_count(2)
        first, second = [await one.bounding_box() for one in await pieces.all()]
        fight = await shown.locator(".lane .fight").bounding_box()
        assert first["width"] > 4 * second["width"]
        assert second["x"] == pytest.approx(first["x"] + first["width"], abs=2)
        assert first["x"] < fight["x"] < fight["x"] + fight["width"] < second["x"]
        ground = "e => getComputedStyle(e).backgroundColor"
        assert len({await one.evaluate(ground) for one in await pieces.all()}) == 2
        assert "repeating" in await shown.locator(".lane .fight").evaluate("e => getComputedStyle(e).backgroundImage")
        name = shown.locator("td.held bdi")
        assert await name.evaluate("e => getComputedStyle(e).direction") == "rtl"


@in_browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
async def test_the_ledger_fits_and_reads(journal, browsing, width, scheme):
    """Nothing sticks out at either width, and every word of table, history and alerts has the contrast of WCAG AA."""
    fights = (spell("2026-01-01", "2026-11-20", by=RIVER),)
    marked = {"contests": fights, "sieges": fights, "area": True}
    pages = [page(f"Town {number}", key=f"test:{number}", **marked) for number in range(9)]
    await journal.publish(LEDGER, [*pages, page("Nobody's", stretch("2014-01-01"), key="test:9"), page("D", demo=True)])
    await journal.publish(CONTROL_ALERTS, [told_alert(against_interest=True, linked_to="x")])
    await journal.publish(NOTICES, [silence(), silence("Homs, SY: a side with a name that is rather long to be read")])
    async with served(journal) as url, browsing(f"{url}#ledger", width=width, scheme=scheme) as shown:
        await expect(shown.locator("#ledger-table tbody")).to_have_count(10)
        await shown.emulate_media(reduced_motion="reduce", color_scheme=scheme)
        for one in (await shown.locator(".unfold").all())[:3]:
            await one.click()
        await expect(shown.locator(".timebar")).to_have_count(3)
        assert await shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await shown.evaluate(FAINT) == []
        await shown.locator("#alerts-tab").click()
        for one in await shown.locator("summary").all():
            await one.click()
        assert await shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await shown.evaluate(FAINT) == []


@in_browser
async def test_an_alert_leads_to_who_held_its_place(journal, browsing):
    """From a card one click opens the ledger at its place, with the history unfolded."""
    await journal.publish(LEDGER, [page(), page("Tall Zaytun", key="test:2")])
    await journal.publish(CONTROL_ALERTS, [told_alert()])
    async with served(journal) as url, browsing(url) as shown:
        await shown.locator(".card .past").click()
        await expect(shown.locator("#ledger")).to_be_visible()
        await expect(shown.locator(".unfold")).to_have_text(["Marsa Nahr"])
        await expect(shown.locator(".stretches li")).to_have_count(2)
        assert shown.said == []
