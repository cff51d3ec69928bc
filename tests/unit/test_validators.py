"""Validators: byte for byte, saved on 200 and 304, and not believed for ever."""

from __future__ import annotations

from datetime import timedelta

from connectors.validators import Validators, conditions, learned
from tests.feedmaker import NOW, answer, poll

DAY = timedelta(hours=24)


def known() -> Validators:
    """Return what one answer taught."""
    return learned(Validators(), poll(), answer("one", etag='W/"x y"', last_modified="Tue"), NOW)


def test_byte_for_byte() -> None:
    """What the server said is given back as it said it, strange dates too."""
    assert conditions(known(), NOW) == ('W/"x y"', "Tue")


def test_once_a_day_without() -> None:
    """Once a day the whole answer is asked for; conditional answers in between do not put that off."""
    between = learned(known(), poll(etag="x"), answer("two", etag='"y"'), NOW + DAY / 2)
    assert conditions(between, NOW + DAY / 2) == ('"y"', None)
    assert conditions(between, NOW + DAY) == (None, None)
    after = learned(between, poll(), answer("two", etag='"y"'), NOW + DAY)
    assert conditions(after, NOW + DAY) == ('"y"', None)


def test_liar() -> None:
    """Validators that stood for two different bodies are not sent again."""
    lying = learned(known(), poll(), answer("other", etag='W/"x y"', last_modified="Tue"), NOW)
    assert conditions(lying, NOW) == (None, None)
    assert not lying.are_usable


def test_honest() -> None:
    """A new body with a new validator is no lie."""
    honest = learned(known(), poll(), answer("other", etag='"z"', last_modified="Tue"), NOW)
    assert conditions(honest, NOW) == ('"z"', "Tue")


def test_dropped() -> None:
    """A 200 without validators forgets the old ones; a 304 without them keeps them."""
    assert conditions(learned(known(), poll(), answer("other"), NOW), NOW) == (None, None)
    assert conditions(learned(known(), poll(etag="x"), answer("", status=304), NOW), NOW) == ('W/"x y"', "Tue")
