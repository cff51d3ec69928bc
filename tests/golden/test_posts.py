"""Posts of invented channels, read from pages of their preview and taken through the real flow to alerts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from connectors.connector import Reading
from connectors.telegram import plan, read
from streams.alerts import Alert, AlertState
from streams.items import Claim, EnrichedItem, RawItem
from streams.sources import SourceSettings
from streams.topics import CLAIMS, CONTROL_ALERTS, ENRICHED_ITEMS, RAW_ITEMS
from tests.bareflow import BareFlow
from tests.channelmaker import Message, forwarded, page, reply
from tests.feedmaker import answer
from tests.play import played

DAY = datetime(2026, 3, 10, 8, tzinfo=UTC)
TAKEN = "Rapid Support Forces fighters captured the town of Sinja from the Sudanese army on Tuesday morning."
LINK = '<a href="https://a.example/1?x=army-captures-Homs">https://a.example/1?x=army-captures-Homs</a>'
TAKEN_TOO = "The town of Sinja fell to the Rapid Support Forces today, residents who fled it said by telephone."


@dataclass
class Channel:
    """A channel, its messages so far, and how far it was read."""

    name: str
    side: str | None = None
    language: str | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    state: bytes = b""
    turn: int = 0

    def writes(self, number: int, words: str, **more: str) -> Iterator[RawItem]:
        """Write or rewrite a message; yields what the next page brings."""
        known = self.messages.get(number)
        at = known.at if known else DAY + timedelta(minutes=number)
        self.messages[number] = Message(number=number, words=words, at=at, edited=known is not None, **more)  # type: ignore[arg-type]
        yield from self.shown()

    def deletes(self, number: int) -> Iterator[RawItem]:
        """Delete a message; yields what the next page brings."""
        del self.messages[number]
        yield from self.shown()

    def shown(self) -> Iterator[RawItem]:
        """Yield what the page brings now, some minutes later each time."""
        self.turn += 1
        now, url = DAY + timedelta(hours=2, minutes=self.turn), f"https://t.me/s/{self.name}"
        source = SourceSettings(
            id=self.name, kind="telegram", url=url, owner=self.name.title(), side=self.side, language=self.language
        )
        shown = page(self.name, *(self.messages[number] for number in sorted(self.messages)))
        found = read(source, self.state, plan(source, self.state, now)[0], answer(shown, url), now)
        assert isinstance(found, Reading)
        self.state = found.state
        yield from found.items


def alerts(flow: BareFlow) -> list[Alert]:
    """Return the last revision of each alert, in the order in which they were opened."""
    last: dict[str, Alert] = {}
    for told in flow.told(CONTROL_ALERTS):
        assert isinstance(told, Alert)
        last[told.id] = told
    return list(last.values())


def shown(alert: Alert) -> tuple[str | None, str | None, AlertState, int]:
    """Return an alert's place, its new holder, its state and its count of origins."""
    return alert.place.name, alert.to_holder.id if alert.to_holder else None, alert.state, alert.independent_sources


@pytest.mark.parametrize(
    ("words", "place", "holder"),
    [
        (TAKEN, "Sinja", "rapid-support-forces"),
        ("🔴🔴 #BREAKING<br/><br/>RSF captured #Sinja🔥", "Sinja", "rapid-support-forces"),
        ("RSF have captured the town of 🇸🇩Sinja🇸🇩 (1/5)", "Sinja", "rapid-support-forces"),
        (
            '<a href="?q=%23x">#عاجل</a><br/>الجيش السوداني يستعيد السيطرة على مدينة <a href="?q=%23y">#ود_مدني</a>',
            "Wad Madani",
            "sudanese-armed-forces",
        ),
        ("🔴عاجل🔴<b>قوات الدعم السريع</b> تسيطر على مدينة سنجة بالكامل ✌️", "Sinja", "rapid-support-forces"),
        (
            f"قسد تسيطر على مدينة #دير_الزور بالكامل بعد انسحاب داعش {LINK}",
            "Deir ez-Zor",
            "syrian-democratic-forces",
        ),
    ],
)
def test_a_post_is_an_alert(words: str, place: str, holder: str) -> None:
    """A post in English or Arabic, with its hashtags, pictures, flags and links, opens the alert it tells of."""
    (alert,) = alerts(played(Channel("harbour").writes(1, words)))
    assert shown(alert) == (place, holder, AlertState.REPORTED, 1)


def test_an_edit_takes_back_what_it_no_longer_says() -> None:
    """A post that is edited into a plan takes its claim back; edited to nothing, likewise."""
    for words in ("Rapid Support Forces fighters are near the town of Sinja, which the army holds.", ""):
        channel = Channel("harbour")
        events = [*channel.writes(1, TAKEN), *channel.writes(1, words)]
        assert [item.revision for item in events] == [1, 2]
        (alert,) = alerts(played(events))
        assert alert.state is AlertState.RETRACTED


def test_a_deleted_post_takes_its_claim_back() -> None:
    """The deletion of a post, seen from its neighbours, withdraws what it claimed, and its repetition stands."""
    channel = Channel("harbour")
    events = [*channel.writes(1, "Good morning."), *channel.writes(2, TAKEN), *channel.writes(3, "Good night.")]
    flow = played([*events, *channel.deletes(2)])
    (alert,) = alerts(flow)
    assert alert.state is AlertState.RETRACTED
    assert [claim.op.value for claim in flow.told(CLAIMS) if isinstance(claim, Claim)] == ["put", "withdraw"]


def test_forwards_are_their_origin() -> None:
    """A post that three channels pass on is told by one; so it is where its own channel is not read."""
    above = forwarded("River", "https://t.me/river/1")
    for names in (("river", "one", "two"), ("one", "two", "three")):
        posts = [
            item
            for name in names
            for item in Channel(name).writes(1, TAKEN, **({} if name == "river" else {"before": above}))
        ]
        (alert,) = alerts(played(posts))
        assert shown(alert) == ("Sinja", "rapid-support-forces", AlertState.REPORTED, 1)


def test_a_channel_that_forwards_all_makes_them_not_one() -> None:
    """Two channels that tell on their own stay two where a third passes both on."""
    gatherer, own = Channel("gatherer"), [("river", TAKEN), ("lake", TAKEN_TOO)]
    events = [item for name, words in own for item in Channel(name).writes(1, words)]
    for number, (name, words) in enumerate(own, start=1):
        above = forwarded(name.title(), f"https://t.me/{name}/1")
        events += gatherer.writes(number, words, before=above)
    (alert,) = alerts(played(events))
    assert alert.independent_sources == 2


def test_what_is_passed_on_is_its_writers_word() -> None:
    """What a neutral channel passes on is the word of whom it is from, and not of the side of the channel."""
    above = forwarded("River", "https://t.me/river/1")
    flow = played(Channel("front", side="rapid-support-forces").writes(1, TAKEN, before=above))
    (claim,) = flow.told(CLAIMS)
    assert isinstance(claim, Claim)
    assert (claim.item.side, claim.item.writer, claim.item.passed_on) == (None, "river", True)
    assert claim.attribution
    assert claim.attribution.speaker == "River"


def test_a_sides_own_channel_weighs_as_such() -> None:
    """A side that tells its own gain is half believed; answering itself it is no other voice."""
    (neutral,) = alerts(played(Channel("harbour").writes(1, TAKEN)))
    boasting = Channel("front", side="rapid-support-forces")
    events = [*boasting.writes(1, TAKEN)]
    (once,) = alerts(played(events))
    events += boasting.writes(2, "It is true.", before=reply("https://t.me/front/1", TAKEN, name="Front"))
    (twice,) = alerts(played(events))
    assert once.confidence == pytest.approx(neutral.confidence / 2, abs=1e-4)
    assert twice.confidence == pytest.approx(once.confidence, abs=0.01)
    assert twice.independent_sources == 1


def test_an_answer_is_not_what_it_answers() -> None:
    """The words of a quoted post are a marked part of the text; the answer's own words are no part."""
    channel = Channel("harbour")
    events = [
        *channel.writes(1, TAKEN),
        *channel.writes(2, "Wait for news.", before=reply("https://t.me/harbour/1", TAKEN)),
    ]
    last = played(events).told(ENRICHED_ITEMS)[-1]
    assert isinstance(last, EnrichedItem)
    (part,) = last.parts
    assert last.text[: part.start].strip() == "Wait for news."
    assert last.text[part.start : part.end] == TAKEN
    assert (part.handle, part.published_at) == ("harbour", DAY + timedelta(minutes=1))
    assert last.handles[0] == last.handle == "harbour"


def test_old_news_that_is_answered_is_not_told_as_new() -> None:
    """A post that answers one of last year, whose time the page does not tell, claims nothing."""
    old = reply("https://t.me/harbour/1", TAKEN)
    assert alerts(played(Channel("harbour").writes(90_000, "Remember?", before=old))) == []


def test_all_given_is_counted() -> None:
    """Each post given to the flow ends in it once."""
    channel = Channel("harbour")
    flow = played([*channel.writes(1, TAKEN), *channel.writes(2, "x"), *channel.writes(3, "")])
    assert len(flow.told(RAW_ITEMS)) == 3
    assert [name for name, _ in flow.endings].count("enrich") == 3
