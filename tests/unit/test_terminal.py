"""The terminal shows a card in lines that keep their direction and obey no hostile text."""

import io
from datetime import date

import pytest
from msgspec.structs import replace
from rich.console import Console
from rich.text import Text

from streams.alerts import AlertState, Before, Delays, Holder, LedgerCheck, Reason, Rule
from streams.mentions import Actor, Precision, Status
from streams.panel import panel
from streams.sources import SourceSettings
from streams.terminal import foot, lines, sentence
from streams.view import card, journey
from streams.visual import anchored, isolated, visual
from tests.alerts import HOSTILE, NOON, alert, arabic, telling


def shown(*told, **changes):
    return card(alert("a", *told, **changes), alerted_at=NOON, names={})


def plain(found):
    return [line.plain for line in found]


def test_a_card_leads_with_the_english_line():
    """First the clock and the headline, then state, sentence, source and address."""
    head, state, told, source, url, _ = plain(lines(shown(telling()), width=200))
    assert head == "12:00:00  Marsa Nahr: River Guard → Northern Forces, Harbour Media says so"
    assert state.strip() == "● reported  capture, 1 independent source"
    assert told.strip().startswith("River Guard fighters pulled out of Marsa Nahr")
    assert source.strip().startswith("Harbour Media, published 01 Mar 2026 11:56 UTC")
    assert url.strip() == "https://harbour.example/reports/7"


def test_demo_and_later_revisions_say_so():
    """What is not from the world is labelled, and a revision tells its number."""
    state = plain(lines(shown(telling(), demo=True, revision=3, state=AlertState.DISPUTED), width=100))[1]
    assert state.strip() == "● disputed  capture, 1 independent source, revision 3  DEMO"


def test_what_the_ledger_says_and_why_it_is_believed_stand_below_the_state():
    """A note and the reasons have a line each, between the state and the sentence."""
    held = Before(holders=(Holder(key="n", text="Northern Forces"),), since=date(2014, 6, 1))
    reason = Reason(rule=Rule.INDEPENDENT, before=0.82, after=0.95)
    told = replace(
        alert(sources=3), ledger_check=LedgerCheck.REDUNDANT, before=held, reasons=(reason,), confidence=0.95
    )
    note, why = plain(lines(card(told, alerted_at=NOON, names={}), width=200))[2:4]
    assert note.strip() == "Northern Forces held it already since 2014-06-01"
    assert why.strip() == "why 0.95: 3 independent publishers: 0.82 → 0.95"


def test_a_dispute_names_both_sides():
    """Who says so and who denies it stand in one line, the speaker where one is quoted; the sentence is the claim's."""
    denial = replace(telling(source="wadi", speaker="River Guard"), status=Status.DENIED)
    told = shown(denial, telling(), state=AlertState.DISPUTED)
    found = plain(lines(told, width=200))
    assert found[2].strip() == "says: Harbour Media; denies: River Guard"
    assert not told.tellings[0].denies


def test_the_delays_stand_with_the_source_leg_by_leg():
    """Event, publication, fetching, alert: each leg that is known, and how exactly the event is."""
    delays = Delays(event_to_published=43200.0, event_precision=Precision.DAY, published_to_fetched=240.0)
    line = plain(lines(card(replace(alert(), delays=delays), alerted_at=NOON, names={}), width=200))[4]
    assert line.strip().endswith("event → published 12 h (known to the day), → fetched 4 min, → alerted 0.00 s")


def test_a_leg_that_is_not_known_is_left_out():
    """Where fetching is not known the chain begins anew; delays that do not fit stand on a line of their own."""
    untold = card(replace(alert(), delays=Delays(event_to_published=60.0)), alerted_at=NOON, names={})
    assert journey(untold) == "event → published 60 s, fetched → alerted 0.00 s"
    assert plain(lines(untold, width=60))[-3].strip() == journey(untold)


def test_every_arabic_line_is_isolated():
    """Each wrapped line of a right-to-left sentence opens and closes its own isolate."""
    found = plain(sentence(shown(arabic()).tellings[0], 30))
    assert len(found) > 2
    assert all(line.startswith("\u2067") and line.endswith("\u2069") for line in found)


def test_words_are_coloured_by_what_they_are():
    """The gainer's words carry the gainer's colour."""
    line = sentence(shown(telling()).tellings[0], 200)[0]
    coloured = {line.plain[span.start : span.end]: span.style for span in line.spans}
    assert coloured == {
        "River Guard": "red",
        "pulled out": "bold underline",
        "Marsa Nahr": "yellow",
        "Northern Forces": "green",
    }


def test_visual_order_runs_from_right_to_left_with_its_styles():
    """For a terminal without direction the letters are turned around and keep their colours."""
    line = Text("قبل ").append("abc 12", style="red").append(" بعد")
    turned = visual(line, "rtl")
    assert turned.plain == "دعب abc 12 لبق"
    assert {turned.plain[span.start : span.end] for span in turned.spans} == set("abc 12")


def test_vowel_marks_stay_on_their_letters_in_visual_order():
    """A mark follows the letter it belongs to, before and after turning."""
    assert visual(Text("مَد"), "rtl").plain == "دمَ"


def test_brackets_are_mirrored_in_visual_order():
    """An opening bracket still opens when the line is turned."""
    assert visual(Text("قال (نعم)"), "rtl").plain == "(معن) لاق"


def test_right_to_left_lines_are_pushed_to_the_right_edge():
    """In visual order every line of an Arabic sentence ends at the same column."""
    found = sentence(shown(arabic()).tellings[0], 30, reorder=True)
    assert {line.cell_len for line in found} == {30}


def test_only_lines_that_turn_get_isolates():
    """English text carries no invisible character."""
    assert isolated(Text("plain"), "ltr").plain == "plain"
    assert anchored(Text("plain")).plain == "plain"
    assert anchored(Text("صوت")).plain == "\u200eصوت\u200e"


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_orders_the_terminal_nothing(hostile):
    """What reaches a terminal that understands colour holds no sequence but our own colours."""
    told = telling(hostile + " Marsa Nahr", place="Marsa Nahr", gainer=None, loser=None, trigger=None, speaker=hostile)
    evil = Actor(text=hostile, start=0, end=1)
    denial = replace(told, claim_id="denial", status=Status.DENIED)
    checked = replace(
        alert("a", told, denial, headline=hostile),
        from_holder=evil,
        before=Before(holders=(Holder(key="evil", text=hostile),), since=date(2014, 6, 1)),
        ledger_check=LedgerCheck.IMPOSSIBLE,
        linked_to="pledge",
        reasons=(Reason(rule=Rule.DENIED, before=1, after=0.5, claim_ids=("denial",)),),
    )
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system=None, width=120)
    for line in lines(card(checked, alerted_at=NOON, names={}), width=120):
        console.print(line, highlight=False, soft_wrap=True)
    written = out.getvalue()
    assert "Marsa Nahr" in written
    assert "\x07" not in written
    assert "]0;owned" not in written.replace("␛]0;owned", "")
    assert all(
        part.startswith("[") and part.partition("m")[0][1:].replace(";", "").isdigit()
        for part in written.split("\x1b")[1:]
    )


def test_the_foot_puts_trouble_first_and_counts_the_rest():
    """Of many sources the unwell come first, and those without a row are counted."""
    sources = [
        SourceSettings(id=f"s{number}", url="https://x.example/", name=f"Source {number}") for number in range(12)
    ]
    state = panel(sources, {}, {})
    state[11] = type(state[11])(
        **{name: getattr(state[11], name) for name in state[11].__struct_fields__} | {"outcome": "refused"}
    )
    out = io.StringIO()
    Console(file=out, width=100).print(foot(state, {}, 1, [0.5]))
    rows = out.getvalue().splitlines()
    assert rows[2].startswith("Source 11")
    assert "and 4 more sources" in out.getvalue()
    assert rows[-1].strip() == "1 alert, 0 dead letters, fetched to alerted 0.50 s (95 in 100 within 0.50 s)"


def test_feed_text_only():
    """That only the feed's own text could be read stands before its address, broken where there is little room."""
    walled = replace(telling(), item=replace(telling().item, wall="it is behind a paywall, by the elements it has"))
    told, url, _ = plain(lines(shown(walled), width=200))[-3:]
    assert told.strip() == "feed text only: its page is behind a paywall, by the elements it has"
    assert url.strip() == walled.item.url
    assert all(len(line) <= 60 for line in plain(lines(shown(walled), width=60)))
