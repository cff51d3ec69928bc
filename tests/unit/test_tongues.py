"""Which language each sentence of a text is read in."""

import pytest

from processors.detect.lexicon import load_lexicons
from processors.detect.sentences import stretches
from processors.detect.tongues import tongues
from processors.normalise import fold


def languages(text: str, hint: str | None = None) -> list[str | None]:
    folded = fold(text)
    found = tongues(folded, stretches(folded.text), load_lexicons(), hint)
    return [lexicon.language if lexicon else None for lexicon in found]


def test_a_text_in_one_language() -> None:
    """Every sentence of a text is read in the text's language."""
    assert languages("The army took the town of Sarab on Monday. Residents left in the night.") == ["en", "en"]


@pytest.mark.parametrize("hint", [None, "ar", "en"])
def test_a_post_that_mixes_languages(hint: str | None) -> None:
    """A sentence in another script is read in its own language, whatever the hint says."""
    text = "سيطر الجيش على بلدة سراب في ريف حلب أمس.\nThe army said it had taken the town of Sarab from the rebels."
    assert languages(text, hint) == ["ar", "en"]


def test_a_language_without_lexicon_is_not_read() -> None:
    """German is read with no lexicon, and so is a German sentence in an English text."""
    german = "Die Armee hat nach Angaben der Regierung die Stadt eingenommen und die Rebellen vertrieben."
    assert languages(german) == [None]
    assert languages("The army took the town of Sarab and the hills to the south of it. " + german, "en") == [
        "en",
        None,
    ]


def test_a_wrong_hint_is_overruled() -> None:
    """A source's hint does not decide against a sentence's own small words."""
    assert languages("The army said that it had taken the town of Sarab from the rebels.", "ar-SY") == ["en"]


def test_a_handle_does_not_decide_the_script() -> None:
    """A Latin handle before an Arabic sentence leaves it Arabic."""
    assert languages("@sarab_news سيطر مقاتلو المعارضة على بلدة سراب بعد معارك عنيفة") == ["ar"]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("همه روستاهای ولسوالی سراب دست شورشیان افتاده است.", "fa"),
        ("سوپاى وڵات خاڵه سهربازييهكانى شارۆچكهكهى ڕادهستى چهكدارهكان كردهوه", "ckb"),
        ("سيطر الجيش على بلدة سراب", "ar"),
    ],
)
def test_letters_tell_a_short_text(text: str, language: str) -> None:
    """A short text in Arabic script whose letters are Persian or Sorani is not read as Arabic."""
    assert languages(text) == [language]
