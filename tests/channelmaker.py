"""A channel's preview for tests, made up here after the structure that readers of the real one document."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from itertools import count

from aiohttp import web

BEGAN = datetime(2026, 3, 10, 9, tzinfo=UTC)
ON_A_PAGE = 20
_VIEWS = count(1)


@dataclass(kw_only=True)
class Message:
    """One message: `words` is the HTML of its text, the rest HTML of what stands around it."""

    number: int
    words: str | None = None
    edited: bool = False
    service: bool = False
    before: str = ""
    after: str = ""
    author: str = ""
    at: datetime | None = None

    def html(self, channel: str) -> str:
        """Return the message as a page shows it; its views differ each time."""
        at = self.at or BEGAN + timedelta(minutes=self.number)
        text = f'<div class="tgme_widget_message_text js-message_text" dir="auto">{self.words}</div>'
        signed = f'<span class="tgme_widget_message_from_author" dir="auto">{self.author}</span>,&nbsp;'
        return (
            '<div class="tgme_widget_message_wrap js-widget_message_wrap">'
            f'<div class="tgme_widget_message text_not_supported_wrap {"service_message" if self.service else ""}'
            f' js-widget_message" data-post="{channel}/{self.number}">'
            '<div class="tgme_widget_message_bubble"><div class="tgme_widget_message_author accent_color">'
            f'<a class="tgme_widget_message_owner_name" href="https://t.me/{channel}">'
            '<span dir="auto">Harbour Watch</span></a></div>'
            f"{self.before}{text if self.words is not None else ''}{self.after}"
            '<div class="tgme_widget_message_footer compact js-message_footer">'
            f'<span class="tgme_widget_message_views">{next(_VIEWS) / 10:.1f}K</span>'
            '<span class="copyonly"> views</span><span class="tgme_widget_message_meta">'
            f"{'edited &nbsp;' if self.edited else ''}{signed if self.author else ''}"
            f'<a class="tgme_widget_message_date" href="https://t.me/{channel}/{self.number}">'
            f'<time datetime="{at.isoformat()}" class="time">{at:%H:%M}</time></a></span></div></div></div></div>'
        )


def forwarded(name: str, href: str | None = None) -> str:
    """Return the line above a forwarded message; a user who hides himself has a name and no address."""
    tag = f'<a class="tgme_widget_message_forwarded_from_name" href="{href}">' if href else ""
    hidden = '<span class="tgme_widget_message_forwarded_from_name">'
    return (
        '<div class="tgme_widget_message_forwarded_from accent_color">Forwarded from&nbsp;'
        f'{tag or hidden}<span dir="auto">{escape(name)}</span>{"</a>" if href else "</span>"}</div>'
    )


def reply(href: str, words: str | None, name: str = "Harbour Watch") -> str:
    """Return the box of the message that is answered; without words it shows a picture."""
    said = f'<div class="tgme_widget_message_text js-message_reply_text" dir="auto">{words}</div>'
    label = '<div class="tgme_widget_message_metatext js-message_reply_text" dir="auto">Photo</div>'
    return (
        f'<a class="tgme_widget_message_reply" href="{href}"><div class="tgme_widget_message_author accent_color">'
        f'<span class="tgme_widget_message_author_name" dir="auto">{name}</span></div>'
        f"{label if words is None else said}</a>"
    )


def page(channel: str, *messages: Message) -> str:
    """Return a page of the preview."""
    shown = "".join(message.html(channel) for message in messages)
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"><title>{channel}</title></head><body>'
        '<div class="tgme_channel_info"><div class="tgme_channel_info_header_title">Harbour Watch</div></div>'
        f'<section class="tgme_channel_history js-message_history">{shown}</section></body></html>'
    )


NOTHING = (
    '<html><body><section class="tgme_channel_history js-message_history">'
    '<div class="tgme_widget_message_wrap js-widget_message_wrap"><div class="tgme_widget_message_centered">'
    '<div class="tme_no_messages_found">No posts found</div></div></div></section></body></html>'
)


def front(extra: str = "") -> str:
    """Return the page of an account without a preview."""
    return f'<html><body><div class="tgme_page"><div class="tgme_page_extra">{extra}</div></div></body></html>'


@dataclass
class Served:
    """A channel on a server: pages of twenty, `?before=`, a redirect where it has no preview, throttling."""

    name: str = "harbour"
    messages: dict[int, Message] = field(default_factory=dict)
    throttled: int = 0
    closed: str | None = None
    asked: list[str] = field(default_factory=list)

    def post(self, number: int, words: str, **more: object) -> None:
        """Write a message."""
        self.messages[number] = Message(number=number, words=words, **more)  # type: ignore[arg-type]

    def write(self, first: int, last: int) -> None:
        """Write messages of these numbers."""
        for number in range(first, last + 1):
            self.post(number, f"Ship {number} came in.")

    def edit(self, number: int, words: str) -> None:
        """Change a message, with the mark that goes with it."""
        self.messages[number].words, self.messages[number].edited = words, True

    def html(self, before: int | None = None) -> str:
        """Return the newest page, or the one before a message."""
        numbers = sorted(number for number in self.messages if before is None or number < before)[-ON_A_PAGE:]
        return page(self.name, *(self.messages[number] for number in numbers)) if numbers else NOTHING

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer as the real service does."""
        self.asked.append(request.query.get("before", ""))
        if self.closed is not None:
            raise web.HTTPFound(f"/{self.name}")
        if self.throttled > 0:
            self.throttled -= 1
            return web.Response(text=NOTHING, content_type="text/html")
        before = request.query.get("before")
        return web.Response(text=self.html(int(before) if before else None), content_type="text/html")

    async def account(self, _request: web.Request) -> web.StreamResponse:
        """Answer for the account itself."""
        return web.Response(text=front(self.closed or ""), content_type="text/html")
