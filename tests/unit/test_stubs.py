"""Pages that let nobody read on, told from pages that merely have the same marks."""

from __future__ import annotations

import pytest

from connectors.pages import tree_of
from connectors.reading.stubs import is_consent_address, lines_of, paywall_of, wall_of

TEASER = "<p>The harbour office gave notice that the northern quay would stay closed.</p>"
STORY = "".join(
    f"<p>On day {day} the harbour office told of {day} ships that had come to the quay.</p>" for day in range(40)
)
LOCKED = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": %s}</script>'


def paywall(html: str) -> str | None:
    """Return why this page stands behind a paywall."""
    tree = tree_of(f"<html><body>{html}</body></html>")
    assert tree is not None
    return paywall_of(tree, sum(map(len, lines_of(tree))))


def wall(html: str, own: int = 0) -> str | None:
    """Return why this page cannot be read."""
    tree = tree_of(f"<html><body>{html}</body></html>")
    assert tree is not None
    return wall_of(lines_of(tree), own)


@pytest.mark.parametrize("said", ["false", '"False"', '"false"', '"No"'])
def test_not_free(said: str) -> None:
    """A teaser whose data says that the article is not for free is a stub."""
    assert "isAccessibleForFree" in (paywall(LOCKED % said + TEASER) or "")


def test_free_or_whole() -> None:
    """What is free, or there to be read in spite of its data, is no stub."""
    assert paywall(LOCKED % "true" + TEASER) is None
    assert paywall(LOCKED % "false" + STORY) is None


@pytest.mark.parametrize(
    "mark",
    [
        '<div class="article-paywall"></div>',
        '<section id="piano-inline"></section>',
        '<div class="tp-container-inner"></div>',
        '<div class="subscriber-only">Join</div>',
        '<section subscriptions-section="content-not-granted"></section>',
        '<div class="swg-dialog"></div>',
    ],
)
def test_wall_by_structure(mark: str) -> None:
    """The elements of known walls make a teaser a stub, and leave a whole article alone."""
    assert "by the elements" in (paywall(TEASER + mark) or "")
    assert paywall(STORY + mark) is None


def test_words_that_only_look_alike() -> None:
    """Ordinary class names are no walls."""
    assert paywall(f'<div class="wallpaper https-container subscribe-link">{TEASER}</div>') is None


CONSENT = {
    "en": "Before you continue, we and our partners ask for your permission to store data.",
    "ar": "نستخدم ملفات تعريف الارتباط لتحسين تجربتك، وبالمتابعة فإنك توافق على ذلك كله.",
    "fr": "Avec votre accord, nos partenaires et nous utilisons des cookies pour mesurer l'audience.",
    "de": "Wir und unsere Partner nutzen Cookies, um Ihnen unsere Inhalte anzeigen zu können.",
    "es": "Nosotros y nuestros socios utilizamos cookies para medir la audiencia de este sitio.",
    "ru": "Мы используем файлы cookie, чтобы сайт работал, нажимая кнопку, вы соглашаетесь с этим.",
    "tr": "Size daha iyi hizmet verebilmek için çerezler kullanıyoruz, devam ederek kabul edersiniz.",
    "fa": "این وب‌سایت برای بهبود تجربه شما از کوکی استفاده می‌کند و با ادامه آن را می‌پذیرید.",
}


@pytest.mark.parametrize("language", CONSENT)
def test_consent(language: str) -> None:
    """A page that only asks for consent is a stub; an article with the same notice at its foot is none."""
    assert wall(f"<div><div>{CONSENT[language]}</div></div>") == "it asks for consent first"
    assert wall(f"{STORY}<div>{CONSENT[language]}</div>") is None


def test_flash_beside_a_notice() -> None:
    """A flash of some sentences beside a consent notice is a page."""
    flash = "".join(
        f"<p>The {place} bridge was opened to carts and walkers on Tuesday morning, the mayor said.</p>"
        for place in ("northern", "southern", "eastern", "western", "old")
    )
    assert wall(f"{flash}<div>{CONSENT['en']}</div>") is None


@pytest.mark.parametrize("language", CONSENT)
def test_short_report_above_a_notice(language: str) -> None:
    """A report of three sentences above a notice of one is a page, however short the feed's own text is."""
    report = "".join(
        f"<p>The {place} was opened to carts and walkers on Tuesday at noon, the mayor told reporters there.</p>"
        for place in ("bridge over the creek", "road to the mill", "new covered market")
    )
    assert wall(f"<p>12 May 2031, harbour desk</p>{report}<footer>{CONSENT[language]}</footer>", own=31) is None
    assert wall(f"{report}<div>{CONSENT[language]}</div>", own=31) is None


def test_long_notice_with_its_choices() -> None:
    """Choices and a copyright line beside a long notice do not make a page of it."""
    choices = "".join(f"<li>Measure how often the {part} is read by our visitors</li>" for part in "abcdef")
    assert wall(f"<div>{CONSENT['en']} {CONSENT['en']}</div><ul>{choices}</ul>") == "it asks for consent first"


def test_scripts() -> None:
    """A page that asks for scripts is a stub, and so is a shield before a page."""
    assert wall("<p>Please enable JavaScript to continue to this site.</p>") == "it can be read with scripts only"
    shield = (
        "<h2>Checking if the connection to this site is secure</h2><p>Enable JavaScript and cookies to continue</p>"
        "<p>harbour.example needs to review the security of your connection before proceeding.</p>"
    )
    assert wall(shield) == "it can be read with scripts only"


def test_shorter_than_its_feed() -> None:
    """A page with less than half of what the feed says is not the feed's page."""
    assert "where the feed has 600" in (wall(TEASER, own=600) or "")
    assert wall(STORY, own=600) is None
    assert wall(TEASER, own=100) is None


@pytest.mark.parametrize(
    ("asked", "reached", "is_consent"),
    [
        ("https://a.example/1", "https://consent.a.example/?url=1", True),
        ("https://a.example/1", "https://guce.a.example/copyConsent", True),
        ("https://a.example/1", "https://a.example/privacy-gate/?to=1", True),
        ("https://a.example/1", "https://a.example/news/gdpr-and-you", False),
        ("https://a.example/1", "https://www.a.example/1", False),
        ("https://a.example/news/consent", "https://a.example/news/consent", False),
    ],
)
def test_consent_address(asked: str, reached: str, is_consent: bool) -> None:
    """A redirect to where consent is asked for is told from any other."""
    assert is_consent_address(asked, reached) is is_consent
