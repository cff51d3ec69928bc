"""What is to be read: one entry of `[[sources]]` in the configuration, whatever its kind."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

import soupsieve
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Kind = Literal[
    "feed", "sitemap", "page", "listing", "telegram", "mastodon", "bluesky", "youtube", "reddit", "x", "archive"
]


def _selector(text: str) -> str:
    try:
        soupsieve.compile(text)
    except (soupsieve.SelectorSyntaxError, NotImplementedError) as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"{text!r} is not a CSS selector: {reason}") from error
    return text


def _category(text: str) -> str:
    path = "/".join(" ".join(part.split()) for part in text.split("/") if part.strip())
    if not path or "," in path or not path.isprintable():
        raise ValueError(f"{text!r} is no category: write names without commas, folders parted by slashes")
    return path


def _thing(text: str) -> str:
    if text not in COLUMNS:
        raise ValueError(f"{text!r} is nothing that a row tells; known are {', '.join(COLUMNS)}")
    return text


# What a row of a table can tell.
COLUMNS = ("id", "text", "html", "title", "url", "author", "publisher", "published", "fetched", "language")
Thing = Annotated[str, AfterValidator(_thing)]
Selector = Annotated[str, AfterValidator(_selector)]
Category = Annotated[str, AfterValidator(_category)]


# What X takes as a hashtag, and as the name or number of an account.
X_TAG = re.compile(r"#?[^\s!-/:-@\[-^`{-~]{1,100}")
X_ACCOUNT = re.compile(r"@?[A-Za-z0-9_]{1,20}")


class SourceSettings(BaseModel):
    """One thing to read: a feed, a page, a channel, a stream of posts, an archive.

    `owner` is the publisher (sources of one owner are not independent), `side`
    the actor id of a party it belongs to. `scale` is what ACLED calls the
    source scale (National, Local partner, New media ...). `categories` are
    folders for people, such as "Syria/Agencies". `allow_private` lets this source
    alone be read at private or loopback addresses. `token_file` holds the
    secret that a service asks for, or of a feed or page the secret end of its
    address (`feed=0123abcd&user=amal`), which goes with its own polls alone; it
    is never shown. Of a stream of posts `words`, `tags` and `accounts` say which to
    take (any of them; all posts where none is given; X needs some). `names_url` is who is
    asked which account of Bluesky bears a name. Of X the last `backfill_minutes` are
    streamed once more after a disconnect, which enterprises may ask for, and the
    posts we hold are looked up every `recheck_hours` (0: never) for edits and
    deletions, each post being billed. Of a listing page
    `select` finds the links or the blocks they stand in, `select_title` and
    `select_date` what lies in a block (CSS selectors). A fresh page is read
    again `reread_minutes` after its first reading, since reports are corrected.
    Of a channel `look_back_pages` are read again each hour behind its newest
    page, for edits and deletions.
    Of an archive `url` is the path or file: address of a file or a folder; it
    is read at once, and looked at again every `min_interval_seconds`. `columns`
    names the columns of its tables (CSV, Parquet) and the names in its lines of
    JSON that are not the usual ones: `{ text = "notes", published = "event_date" }`.
    A poll waits `min_interval_seconds` at least, and `min_unconditional_seconds`
    where the server gives nothing to ask "changed since?" with (an hour for a
    feed where it is not given, three times the former for the rest).
    `feed_robots` says what the site's robots.txt means for the feed itself:
    its crawl-delay alone, everything, or nothing; pages always obey it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")
    kind: Kind = "feed"
    url: str
    name: str | None = None
    owner: str | None = None
    side: str | None = None
    scale: str | None = None
    language: str | None = None
    categories: tuple[Category, ...] = ()
    full_text: bool = True
    token_file: Path | None = None
    words: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    names_url: str = "https://public.api.bsky.app"
    backfill_minutes: int = Field(default=0, ge=0, le=5)
    recheck_hours: float = Field(default=0.0, ge=0.0, le=720.0)
    select: Selector | None = None
    select_title: Selector | None = None
    select_date: Selector | None = None
    reread_minutes: tuple[Annotated[float, Field(ge=5.0, le=1440.0)], ...] = Field(default=(15.0, 120.0), max_length=4)
    columns: dict[Thing, str] = {}
    look_back_pages: int = Field(default=2, ge=0, le=20)
    min_interval_seconds: float = Field(default=300.0, ge=1.0)
    min_unconditional_seconds: float | None = Field(default=None, ge=1.0)
    feed_robots: Literal["crawl-delay", "obey", "ignore"] = "crawl-delay"
    allow_private: bool = False
    enabled: bool = True
    demo: bool = False

    @model_validator(mode="after")
    def _has_what_its_kind_needs(self) -> Self:
        if self.kind == "listing" and self.select is None:
            raise ValueError(f"source {self.id!r} is a listing and needs `select`: the CSS selector of its links")
        if self.kind == "x":
            self._has_what_x_needs()
        if self.columns and self.kind != "archive":
            raise ValueError(f"source {self.id!r} has `columns`, which only an archive has")
        if self.kind == "archive":
            self._has_what_an_archive_needs()
        return self

    def _has_what_an_archive_needs(self) -> None:
        address = urlsplit(self.url)
        is_path = not address.scheme and not self.url.startswith("//") and bool(self.url.strip())
        is_file = self.url.startswith("file:///") and not (address.query or address.fragment)
        if "\0" in self.url or "%00" in self.url or not (is_path or is_file):
            raise ValueError(
                f"source {self.id!r} is an archive and needs in `url` the path of a file or a folder, "
                f"or file:///…, and not {self.url[:200]!r}"
            )

    def _has_what_x_needs(self) -> None:
        if self.token_file is None:
            raise ValueError(f"source {self.id!r} is of kind x and needs `token_file`: the file with the bearer token")
        if not any(one.strip() for one in (*self.words, *self.tags, *self.accounts)):
            raise ValueError(f"source {self.id!r} is of kind x and needs `words`, `tags` or `accounts`: X filters")
        for name, given, form in (("tags", self.tags, X_TAG), ("accounts", self.accounts, X_ACCOUNT)):
            for one in given:
                if not form.fullmatch(one.strip()):
                    raise ValueError(f"source {self.id!r}: {one!r} in `{name}` is not what X calls one")
