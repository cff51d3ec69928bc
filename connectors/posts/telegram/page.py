"""A page of a Telegram channel's public preview (t.me/s/NAME) as posts. Runs in a worker process.

The markup is not documented. What is read here follows DIYgod/RSSHub
(lib/routes/telegram/channel.ts) and PythonicCafe/tchan, which read the same page.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement

from connectors.reading.dates import iso_date
from connectors.reading.entries import digest
from connectors.reading.urls import resolved
from streams.errors import SourceUnreadable
from streams.items import Quote
from streams.mentions import Precision

HOME = "https://t.me/"
# Telegram allows 4,096 characters; a page that holds more in one post is not Telegram's.
MAX_TEXT = 65_536
MAX_MEDIA = 50
# A page shows some twenty.
MAX_MESSAGES = 200
_NUMBER = re.compile(r"(?P<channel>[A-Za-z0-9_]{1,64})/(?P<number>[0-9]{1,12})")
_OTHERS = re.compile(
    r"https?://(?:t|telegram)\.(?:me|dog)/(?:s/)?(?P<handle>[A-Za-z]\w{2,63})(?:/(?P<number>\d{1,12}))?"
)
_IMAGE = re.compile(r"background-image:\s*url\(['\"]?([^'\")]{1,2048})")
_BLOCKS = frozenset({"p", "div", "pre", "blockquote"})
_LINE_BREAK = {"br": "<br>"}
_SPACES = re.compile(r"\s+")
_BREAKS = re.compile(r"(?: ?<br>){3,} ?")
_LINKS = re.compile(r"<a [^>]*>|</a>")
_ENDS = re.compile(r"^(?: |<br>)+|(?: |<br>)+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One message. `body` is HTML of words, line breaks and links only; `content` is the hash of what it tells.

    Views and addresses of media are left out of `content`: they change with
    every page. Of a message that was forwarded the words are its quote's.
    """

    number: int
    handle: str
    body: str
    author: str | None
    published_at: datetime | None
    published_precision: Precision | None
    published_raw: str | None
    edited: bool
    hashtags: tuple[str, ...]
    forwarded: Quote | None
    answered: Quote | None
    media: tuple[str, ...]
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPage:
    """The posts of a page, oldest first.

    `oldest` and `newest` are numbers of messages, service messages among them
    (0 where there are none); `flaws` counts messages that could not be read;
    `is_preview` says that this is a channel's preview at all; `extra` is what
    a channel without one says of its readers.
    """

    posts: tuple[Post, ...]
    oldest: int
    newest: int
    flaws: int
    is_preview: bool
    extra: str = ""


def channel_page(text: str, now: datetime) -> ChannelPage:
    """Return what the page holds; a page of something else has no messages and is no preview.

    Raises SourceUnreadable for HTML that is nested too deeply.
    """
    try:
        return _page(text, now)
    except RecursionError as error:
        raise SourceUnreadable("the page nests its HTML too deeply to be read") from error


def _page(text: str, now: datetime) -> ChannelPage:
    tree = BeautifulSoup(text, "lxml")
    extra = tree.select_one(".tgme_page_extra")
    messages = [(message, _numbered(message)) for message in _messages(tree)]
    numbers = [int(found["number"]) for _, found in messages if found]
    told = [(message, found) for message, found in messages if found and not _is_service(message)]
    posts = {int(found["number"]): _post(message, found, now) for message, found in told}
    return ChannelPage(
        posts=tuple(posts[number] for number in sorted(posts)),
        oldest=min(numbers, default=0),
        newest=max(numbers, default=0),
        flaws=len(messages) - len(numbers),
        is_preview=tree.select_one(".tgme_channel_history, .tme_no_messages_found, [data-post]") is not None,
        extra=_line(extra) if extra else "",
    )


def _messages(tree: BeautifulSoup) -> Iterator[Tag]:
    """Yield the messages; one within another is that one's, else each would be read as often as it is deep."""
    outer: set[int] = set()
    for message in tree.select(".tgme_widget_message[data-post]", limit=MAX_MESSAGES):
        if not any(id(parent) in outer for parent in message.parents):
            outer.add(id(message))
            yield message


def _numbered(message: Tag) -> re.Match[str] | None:
    return _NUMBER.fullmatch(str(message["data-post"]))


def _is_service(message: Tag) -> bool:
    return "service_message" in message.get_attribute_list("class")


def _post(message: Tag, found: re.Match[str], now: datetime) -> Post:
    reply = message.select_one(".tgme_widget_message_reply")
    reply = reply.extract() if reply else None
    said = _said(message)
    forwarded, answered = _forwarded(message, said), _answered(reply)
    words = _html(said) if said and not forwarded else ""
    body = "<br><br>".join(filter(None, (words, _question(message))))
    raw = _attribute(message.select_one(".tgme_widget_message_date time") or message.select_one("time"), "datetime")
    published_at, precision = iso_date(raw, now)
    return Post(
        number=int(found["number"]),
        handle=found["channel"],
        body=body,
        author=_author(message),
        published_at=published_at,
        published_precision=precision,
        published_raw=raw,
        edited=_is_edited(message),
        hashtags=_hashtags(said) if said else (),
        forwarded=forwarded,
        answered=answered,
        media=_media(message),
        content=digest(body, *_told(forwarded), *_told(answered)),
    )


def _said(message: Tag) -> Tag | None:
    return message.select_one(".tgme_widget_message_text.js-message_text") or message.select_one(
        ".tgme_widget_message_text"
    )


def _line(element: Tag | None) -> str:
    return " ".join(element.get_text().split()) if element else ""


def _attribute(element: Tag | None, name: str) -> str | None:
    return str(element[name])[:1000] if element is not None and element.get(name) else None


def _author(message: Tag) -> str | None:
    """Return who signed the message, else the channel's title."""
    signed = message.select_one(".tgme_widget_message_from_author")
    return _line(signed or message.select_one(".tgme_widget_message_owner_name"))[:300] or None


def _is_edited(message: Tag) -> bool:
    meta = message.select_one(".tgme_widget_message_meta")
    own = [str(part) for part in meta.children if isinstance(part, NavigableString)] if meta else []
    return "edited" in " ".join(own)


def _forwarded(message: Tag, said: Tag | None) -> Quote | None:
    """Return the words as those of whom they were forwarded from; a user who hides himself has a name only."""
    if message.select_one(".tgme_widget_message_forwarded_from") is None:
        return None
    name = message.select_one(".tgme_widget_message_forwarded_from_name")
    address = _OTHERS.match(_attribute(name, "href") or "")
    return Quote(
        text=_plain(said) if said else "",
        author=_line(name)[:300] or None,
        handle=address["handle"] if address else None,
        url=f"{HOME}{address['handle']}/{address['number']}" if address and address["number"] else None,
    )


def _answered(reply: Tag | None) -> Quote | None:
    """Return what is answered, with as many of its words as the page repeats; a picture has none."""
    address = _OTHERS.match(_attribute(reply, "href") or "")
    if reply is None or address is None:
        return None
    words = reply.select_one(".tgme_widget_message_text")
    return Quote(
        text=_plain(words) if words else "",
        author=_line(reply.select_one(".tgme_widget_message_author_name"))[:300] or None,
        handle=address["handle"],
        url=f"{HOME}{address['handle']}/{address['number']}" if address["number"] else None,
    )


def _told(quote: Quote | None) -> tuple[str | None, ...]:
    return (quote.text, quote.author, quote.url) if quote else ()


def _question(message: Tag) -> str:
    """Return a poll's question, with its mark. Its options are no claims and are left out."""
    asked = _line(message.select_one(".tgme_widget_message_poll_question"))
    return html.escape(asked if not asked or asked.endswith(("?", "؟")) else f"{asked}?")


def _hashtags(said: Tag) -> tuple[str, ...]:
    links = (str(anchor.get_text()) for anchor in said.select('a[href^="?q="]'))
    return tuple(dict.fromkeys(words.lstrip("#") for words in links if words.startswith("#")))


def _media(message: Tag) -> tuple[str, ...]:
    """Return the addresses of pictures, videos, sound and documents, each once, without the previews of links."""
    found: list[str | None] = []
    for element in message.select(
        ".tgme_widget_message_photo_wrap, .tgme_widget_message_video_thumb, video, audio, "
        ".tgme_widget_message_document_wrap"
    ):
        picture = _IMAGE.search(str(element.get("style") or ""))
        address = picture[1] if picture else _attribute(element, "src") or _attribute(element, "href")
        found.append(resolved(address, HOME) if address else None)
    return tuple(dict.fromkeys(filter(None, found)))[:MAX_MEDIA]


def _plain(said: Tag) -> str:
    """Return the words with a line for a line."""
    words = html.unescape(_LINKS.sub("", _html(said)).replace("<br>", "\n"))
    return "\n".join(line.strip() for line in words.split("\n"))


def _html(said: Tag) -> str:
    """Return words, line breaks and links, and nothing else; of what no message can be only the words of the start."""
    body = "".join(_pieces(said))
    if len(body) > MAX_TEXT:
        body = html.escape(said.get_text()[: MAX_TEXT // 8])
    # Spaces first: runs of them before a break that never comes would be read again from each of them.
    return _ENDS.sub("", _BREAKS.sub("<br><br>", _SPACES.sub(" ", body)))


def _pieces(element: PageElement) -> Iterator[str]:
    if isinstance(element, NavigableString):
        yield html.escape(_SPACES.sub(" ", str(element))) if type(element) is NavigableString else ""
    elif isinstance(element, Tag):
        inner = "".join(piece for child in element.children for piece in _pieces(child))
        link = _link(element)
        inner = f'<a href="{html.escape(link)}">{inner}</a>' if link else inner
        yield f"<br>{inner}<br>" if element.name in _BLOCKS and inner else inner or _LINE_BREAK.get(element.name, "")


def _link(element: Tag) -> str | None:
    """Return where an anchor leads; one with a question before it (onclick) has its ampersands doubled."""
    href = _attribute(element, "href") if element.name == "a" else None
    if href is None or href.startswith("?"):
        return None
    return resolved(href.replace("&amp;", "&") if element.get("onclick") else href, HOME)
