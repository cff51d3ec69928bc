"""Characters that XML does not allow neither stop extraction nor stay in the text."""

from __future__ import annotations

import pytest

from processors.extract import extract
from tests.raw import raw_item
from tests.unit.test_extract import TWEET


@pytest.mark.parametrize("control", ["&#1;", "&#11;", "&#x1F;", "&#0031;"])
def test_control_characters_around_an_embedded_post_are_left_out(control: str) -> None:
    """Characters that XML does not allow, written or referred to, neither stop extraction nor stay in the text."""
    text = extract(raw_item(f"<p>{control}Before {control}it.</p>{control}{TWEET}{control}<p>After it.</p>")).text
    assert "Before it." in text
    assert "After it." in text
    assert not any(ord(char) < 32 and char != "\n" for char in text)


def test_a_control_character_before_an_embedded_post_is_left_out() -> None:
    """A control character that a post's box leaves behind does not stop extraction."""
    assert extract(raw_item("\x01<div class='tgme_widget_message'></div> word")).text.strip() == "word"
