"""Telegram channels: what a page makes of what was known. Pages are made up here."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from connectors.connector import Failure
from connectors.posts.telegram.channel import channel_of, preview
from streams.errors import SourceUnreadable
from streams.items import ItemKind, Op
from tests.channelmaker import NOTHING, Message, forwarded, front, page, reply
from tests.channelreading import SOURCE, URL, further, reading, taken, told, words, written
from tests.feedmaker import NOW


@pytest.mark.parametrize(
    "given",
    [
        "harbour",
        "@harbour",
        "t.me/harbour",
        "t.me/s/harbour",
        "https://t.me/harbour",
        "http://t.me/s/harbour/",
        "https://t.me/harbour/55",
        "https://t.me/s/harbour?before=5",
        "https://t.me/@harbour",
    ],
)
def test_address(given: str) -> None:
    """A channel is named by its name, its address or one of its posts, and asked for safely."""
    assert preview(given) == URL
    assert channel_of(SOURCE.model_copy(update={"url": given})) == "harbour"


def test_address_elsewhere() -> None:
    """A server of another name keeps its scheme and its port."""
    assert preview("http://127.0.0.1:8080/s/harbour") == "http://127.0.0.1:8080/s/harbour"


def test_item() -> None:
    """A post is an item of kind post with its handle, author, address and time."""
    (item,) = reading(written(7)).items
    assert (item.id, item.kind, item.handle, item.author) == ("s:harbour/7", ItemKind.POST, "harbour", "Harbour Watch")
    assert item.url == item.canonical_url == "https://t.me/harbour/7"
    assert (item.owner, item.side, words(item)) == ("Owner", "side", "Ship 7.")


def test_first_page_only() -> None:
    """A channel never read begins with its newest page: nothing before it is asked for."""
    first = reading(written(81, 82))
    assert told(first) == [("81", 1, Op.PUT), ("82", 1, Op.PUT)]
    assert further(first.state) == []


def test_same_identity_for_the_same_channel() -> None:
    """Capital letters in a channel's name make no other posts."""
    one = reading(page("Harbour", Message(number=1, words="x"))).items[0]
    assert one.id == reading(written(1)).items[0].id


def test_edit() -> None:
    """A changed text is the post's next revision, again and again; the mark alone is none."""
    state = reading(written(1, 2)).state
    marked = page("harbour", Message(number=1, words="Ship 1.", edited=True), Message(number=2, words="Ship 2."))
    assert told(reading(marked, state)) == []
    second = reading(written(1, 2, n1="No ship."), state)
    assert told(second) == [("1", 2, Op.PUT)]
    assert told(reading(written(1, 2), second.state)) == [("1", 3, Op.PUT)]


def test_restless_post() -> None:
    """A post that changes with every page is published so often and not for ever."""
    state, count = reading(written(1)).state, 0
    for turn in range(60):
        again = reading(written(1, n1=f"It is {turn}."), state)
        state, count = again.state, count + len(again.items)
    assert count == 24


def test_deletion() -> None:
    """A post that vanished from between its neighbours was deleted, once; the service message it was is none."""
    state = reading(written(1, 2, 3)).state
    gone = reading(written(1, 3), state)
    assert told(gone) == [("2", 2, Op.DELETE)]
    (item,) = gone.items
    assert (item.body, item.url, item.kind) == (b"", "https://t.me/harbour/2", ItemKind.POST)
    assert told(reading(written(1, 3), gone.state)) == []


def test_scrolled_away() -> None:
    """What is older than the oldest post of the page was not deleted."""
    state = reading(written(1, 2, 3)).state
    assert told(reading(written(3, 4), state)) == [("4", 1, Op.PUT)]


def test_back_again() -> None:
    """A post that is there again after it seemed deleted is told again."""
    state = reading(written(1, 3), reading(written(1, 2, 3)).state).state
    assert told(reading(written(1, 2, 3), state)) == [("2", 3, Op.PUT)]


def test_newest_deleted() -> None:
    """The newest post is deleted when it is missing for half an hour: a page may be an old copy of itself."""
    state = reading(written(1, 2, 3)).state
    first = reading(written(1, 2), state)
    late = reading(written(1, 2), first.state, now=NOW + timedelta(minutes=29))
    assert told(first) == told(late) == []
    gone = reading(written(1, 2), late.state, now=NOW + timedelta(minutes=30))
    assert told(gone) == [("3", 2, Op.DELETE)]
    back = reading(written(1, 2, 3), late.state)
    assert told(back) == []
    assert told(reading(written(1, 2), back.state, now=NOW + timedelta(minutes=31))) == []


def test_deleted_number_is_no_gap_for_ever() -> None:
    """After the newest post was deleted, the next one is new and nothing is asked for."""
    state = reading(written(1, 2, 3)).state
    after = reading(written(1, 2, 4), state)
    assert told(after) == [("4", 1, Op.PUT), ("3", 2, Op.DELETE)]
    assert further(after.state) == []


def test_throttled() -> None:
    """A page without posts of a channel that has some is a soft failure, and what was known stays."""
    state = reading(written(1)).state
    failure = taken(NOTHING, state)
    assert isinstance(failure, Failure)
    assert (failure.outcome, failure.final, failure.weight) == ("unavailable", False, 0.25)


def test_empty_channel() -> None:
    """A first page without posts may be throttling as well: a soft failure that says both."""
    empty = taken(NOTHING)
    assert isinstance(empty, Failure)
    assert (empty.outcome, empty.final, empty.weight, empty.about) == ("unavailable", False, 0.25, "busy")
    assert "has none yet, or Telegram asks for patience" in empty.text


@pytest.mark.parametrize(
    ("extra", "known", "what"),
    [
        ("1 204 subscribers", False, "subscribers only"),
        ("12 members, 3 online", False, "a group"),
        ("", False, "spelled right"),
        ("", True, "renamed or deleted"),
    ],
)
def test_no_preview(extra: str, known: bool, what: str) -> None:
    """A channel without a preview is refused in words that say why and what to do."""
    state = reading(written(1)).state if known else b""
    failure = taken(front(extra), state, url="https://t.me/harbour")
    assert isinstance(failure, Failure)
    assert failure.outcome == "refused"
    assert failure.text.startswith("https://t.me/harbour has no public preview: ")
    assert what in failure.text


def test_other_page() -> None:
    """A page that is no preview, where the preview should be, is unreadable."""
    with pytest.raises(SourceUnreadable, match=re.escape(f"{URL} is not a channel's preview")):
        taken("<html><body><p>Please prove that you are no robot.</p></body></html>")


def test_unreadable_messages() -> None:
    """One unreadable message is told of beside the others; a page of nothing else is unreadable."""
    broken = '<div class="tgme_widget_message" data-post="?"></div></section>'
    assert reading(written(1).replace("</section>", broken)).text == "1 of its messages could not be read"
    with pytest.raises(SourceUnreadable):
        taken(page("harbour").replace("</section>", broken))


def test_forward() -> None:
    """A forwarded post is the words of another: it has none of its own."""
    above = forwarded("River", "https://t.me/river/5")
    (item,) = reading(page("harbour", Message(number=1, words="The bridge is open.", before=above))).items
    assert words(item) == ""
    assert [(quote.handle, quote.text, quote.published_at) for quote in item.quotes] == [
        ("river", "The bridge is open.", None)
    ]


def test_answer_to_a_known_post() -> None:
    """What an answer quotes of the channel's own posts has the time at which it was written."""
    boxed = Message(number=2, words="It is true.", before=reply("https://t.me/harbour/1", "Ship 1."))
    items = reading(page("harbour", Message(number=1, words="Ship 1."), boxed)).items
    (quote,) = items[1].quotes
    assert (quote.text, quote.published_at, quote.url) == (
        "Ship 1.",
        items[0].published_at,
        "https://t.me/harbour/1",
    )


def test_answer_to_an_unknown_post() -> None:
    """Words whose time nobody knows are not told again; whom they are from is."""
    boxed = Message(number=200, words="It is true.", before=reply("https://t.me/harbour/1", "Ship 1."))
    (quote,) = reading(page("harbour", boxed)).items[0].quotes
    assert (quote.text, quote.handle, quote.url) == ("", "harbour", "https://t.me/harbour/1")


def test_quiet_channel() -> None:
    """A page that differs in its views only leaves the state byte for byte as it was: nothing need be saved."""
    first = reading(written(1, 2))
    later = reading(written(1, 2), first.state, now=NOW + timedelta(minutes=5))
    assert later.state == first.state
    assert later.overlap == 1.0
