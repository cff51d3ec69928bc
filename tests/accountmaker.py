"""Feeds of videos and of Reddit's posts for tests, made up here after the documented structure."""

from __future__ import annotations

from html import escape

CHANNEL = "UC" + "a" * 22


def video(number: int, title: str | None = None, description: str = "As seen from the pier.", views: int = 12) -> str:
    """Return a video's entry."""
    said = escape(title or f"Ship {number} arrives")
    return (
        f"<entry><id>yt:video:v{number}</id><yt:videoId>v{number}</yt:videoId><title>{said}</title>"
        f'<link rel="alternate" href="https://www.youtube.com/watch?v=v{number}"/>'
        f"<author><name>Harbour Watch</name></author><published>2026-03-10T09:00:00+00:00</published>"
        f"<updated>2026-03-10T09:{number % 60:02}:00+00:00</updated><media:group><media:title>{said}</media:title>"
        f"<media:description>{escape(description)}</media:description>"
        f'<media:community><media:statistics views="{views}"/></media:community></media:group></entry>'
    )


def deleted(number: int) -> str:
    """Return the tombstone of a video."""
    return f'<at:deleted-entry ref="yt:video:v{number}" when="2026-03-10T10:00:00+00:00"/>'


def video_feed(*entries: str) -> str:
    """Return a channel's feed."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" '
        'xmlns:media="http://search.yahoo.com/mrss/" xmlns:at="http://purl.org/atompub/tombstones/1.0" '
        f'xmlns="http://www.w3.org/2005/Atom"><title>Harbour Watch</title>{"".join(entries)}</feed>'
    )


def videos(*numbers: int) -> str:
    """Return a channel's feed with these videos."""
    return video_feed(*map(video, numbers))


def submission(number: int, words: str | None = None, *, link: str = "", author: str = "anna", kind: str = "t3") -> str:
    """Return the entry of a post; one of a link has no words."""
    place = f"https://www.reddit.com/r/harbour/comments/{number}/ship/"
    own = f'<!-- SC_OFF --><div class="md"><p>{words}</p></div><!-- SC_ON --> &#32; ' if words is not None else ""
    by = f'submitted by &#32; <a href="https://www.reddit.com/user/{author}"> /u/{author} </a> <br/>'
    links = f'<span><a href="{link or place}">[link]</a></span> <span><a href="{place}">[comments]</a></span>'
    return (
        f"<entry><author><name>/u/{author}</name></author><category term='harbour' label='r/harbour'/>"
        f'<content type="html">{escape(own + by + links)}</content><id>{kind}_{number}</id><link href="{place}"/>'
        f"<published>2026-03-10T09:00:00+00:00</published><title>Ship {number} arrives</title></entry>"
    )


def reddit_feed(*entries: str) -> str:
    """Return a community's feed."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>harbour</title>'
        f"{''.join(entries)}</feed>"
    )


def reddit(*numbers: int) -> str:
    """Return a community's feed with these posts."""
    return reddit_feed(*(submission(number, f"It is ship {number}.") for number in numbers))
