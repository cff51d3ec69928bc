"""Pages that let nobody read on: paywalls, consent walls, pages made by scripts. Then the feed's own text stands.

A wall is believed only where little is there to read: its marks stand in the
templates of many open pages too. Lengths count characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import lxml.html

# A report of three paragraphs; teasers before a wall are one or two.
READABLE = 1500
# What may stand beside a wall's own words: a footer, a copyright line; more only beside many such words.
BESIDE = 250
BESIDE_MUCH = 400
# A feed's text this long is no mere headline, and a page with half of it is not its page.
LONG_FEED = 400
# Lines shorter than this are menus, dates, buttons.
LINE = 25
_SILENT = "script|style|template|noscript|nav|footer|form|button|select|option|svg"
_LINES = (
    f"//body//text()[string-length(normalize-space()) >= {LINE}]"
    f"[not({' or '.join(f'ancestor::{name}' for name in _SILENT.split('|'))})]"
)
# schema.org CreativeWork.isAccessibleForFree, as publishers write it for search engines.
_NOT_FREE = re.compile(r'"isAccessibleForFree"\s*:\s*"?(?:false|no)\b', re.IGNORECASE)
_DATA = "//script[@type='application/ld+json']/text()"
# Names that the makers of walls give to their elements: Piano (tp-, piano-), Leaky Paywall, Poool, Qiota, Google's
# Subscribe (swg-) and AMP's subscriptions.
_WALL = re.compile(
    r"(?<![a-z])(?:pay-?wall|reg-?wall|piano-(?:inline|offer|container|modal)|tp-(?:container|backdrop|modal)"
    r"|metered-?content|subscri(?:ber|ption)s?-(?:only|wall|gate)|premium-(?:gate|wall|lock)|poool-widget|qiota"
    r"|leaky-paywall|swg-(?:paywall|dialog))(?![a-z])",
    re.IGNORECASE,
)
_WALL_ATTRIBUTES = (
    "//body//*[self::div or self::section or self::aside or self::amp-access]/@*[name()='class' or name()='id']"
)
_AMP_WALL = "//*[@subscriptions-section='content-not-granted' or @amp-access]"
_CONSENT_HOST = re.compile(r"^(?:consent|guce|cmp|privacy|myprivacy|cookies?)\.|\.(?:guce|consent)\.|^collector\.")
_CONSENT_PATH = re.compile(
    r"/(?:consent|cookie-?(?:wall|consent|policy)|gdpr|privacy-?(?:gate|wall|consent)|cmp)(?=[/.]|$)", re.IGNORECASE
)
# What consent walls say, in the languages of our sources.
_CONSENT_WORDS = (
    r"before you continue|we (?:value|respect|care about) your privacy|(?:accept|use of|uses?|our) (?:all )?cookies",
    r"with your consent|manage (?:your )?(?:consent|preferences)|your privacy (?:choices|matters)",
    r"ملفات (?:تعريف )?(?:ال)?ارتباط|الكوكيز|سياسة الخصوصية|نحترم خصوصيتك|خصوصيتك تهمنا",
    r"avant de continuer|nous respectons votre vie privée|accepter (?:et fermer|les cookies)",
    r"utilisons des cookies|vos données personnelles",
    r"bevor sie fortfahren|ihre privatsphäre|cookies (?:akzeptieren|zustimmen|und)|mit werbung weiterlesen",
    r"(?:verwenden|nutzen) (?:wir )?cookies|einwilligung",
    r"antes de continuar|(?:su|tu) privacidad|aceptar (?:las |todas las )?cookies|utilizamos cookies",
    r"прежде чем продолжить|файл(?:ы|ов|ами|ах)? cookie|использу(?:ем|ет) (?:файлы )?(?:cookie|куки)",
    r"персональных данных|вашу конфиденциальность",
    r"devam etmeden önce|gizliliğinize|çerez(?:ler|leri|lerin|\b)|kişisel verileriniz",
    r"پیش از ادامه|کوکی|حریم خصوصی",
)
_CONSENT = re.compile("|".join(_CONSENT_WORDS), re.IGNORECASE)
# What pages say that only a browser with scripts can read, shields among them.
_SCRIPT_WORDS = (
    r"enable javascript|javascript is (?:disabled|required)|checking your browser",
    r"verify(?:ing)? (?:that )?you are (?:a )?human|activez javascript|javascript aktivieren|habilit[ae] javascript",
    r"включите javascript|javascript'i etkinleştir|تفعيل (?:ال)?جافا ?سكر[يب]+ت|جاوا ?اسکریپت",
)
_SCRIPTS = re.compile("|".join(_SCRIPT_WORDS), re.IGNORECASE)


def lines_of(tree: lxml.html.HtmlElement) -> list[str]:
    """Return what there is to read on a page, line by line, without menus, scripts and buttons."""
    return [" ".join(str(text).split()) for text in tree.xpath(_LINES)]


def is_consent_address(asked: str, reached: str) -> bool:
    """Whether a redirect led to where consent is asked for."""
    before, after = urlsplit(asked), urlsplit(reached)
    if (before.hostname, before.path) == (after.hostname, after.path):
        return False
    return bool(_CONSENT_HOST.search(after.hostname or "") or _CONSENT_PATH.search(after.path))


def _has_wall(tree: lxml.html.HtmlElement) -> bool:
    return any(_WALL.search(str(name)) for name in tree.xpath(_WALL_ATTRIBUTES)) or bool(tree.xpath(_AMP_WALL))


def _is_not_free(tree: lxml.html.HtmlElement) -> bool:
    return any(_NOT_FREE.search(str(data)) for data in tree.xpath(_DATA))


def paywall_of(tree: lxml.html.HtmlElement, length: int) -> str | None:
    """Return why a page with so much to read stands behind a paywall, or None."""
    if length >= READABLE:
        return None
    if _is_not_free(tree):
        return "it is behind a paywall: its data says isAccessibleForFree is false"
    return "it is behind a paywall, by the elements it has" if _has_wall(tree) else None


def _prevails(lines: Sequence[str], pattern: re.Pattern[str]) -> bool:
    """Whether lines with these words are most of what there is to read, and not the notice under a short report."""
    notice = sum(len(line) for line in lines if pattern.search(line))
    beside = sum(map(len, lines)) - notice
    return notice > 0 and beside < max(BESIDE, min(BESIDE_MUCH, 2 * notice))


def wall_of(lines: Sequence[str], own: int) -> str | None:
    """Return why a page cannot be read though it stands behind no paywall, or None; `own` is the feed's text."""
    length = sum(map(len, lines))
    walls = ((_CONSENT, "it asks for consent first"), (_SCRIPTS, "it can be read with scripts only"))
    for pattern, why in walls if length < READABLE else ():
        if _prevails(lines, pattern):
            return why
    if own >= LONG_FEED and 2 * length < own:
        return f"it has {length} characters to read where the feed has {own}"
    return None
