"""Posts recognised in plain text by the line they are signed with."""

from datetime import UTC, datetime

from processors.detect import posts_in

TIDY = (
    "Reaction was quick.\n\nThe convoy has left the town, streets are empty.\n\n"
    "— Lina K (@lina_k) March 3, 2019\n\nMore soon."
)
TORN = (
    "قال شهود:\n\nخرجت الأرتال من البلدة فجرا #عاجل\n\nLina (@lina_k) March 3, 2019 لينا —\n\n"
    "وصلنا الآن إلى الساحة\n omar_s) March 4, 2019@) عمر —\n\nوانتهى النقل."
)


def test_a_signed_paragraph_is_a_post() -> None:
    """The paragraph before a signature line is a post with its author, handle and day."""
    (post,) = posts_in(TIDY)
    assert TIDY[post.start : post.end].startswith("The convoy")
    assert (post.author, post.handle) == ("Lina K", "lina_k")
    assert post.published_at == datetime(2019, 3, 3, tzinfo=UTC)


def test_reordered_signatures_are_read() -> None:
    """A signature that right-to-left text turned round still gives its handle and day, one post each."""
    first, second = posts_in(TORN)
    assert (first.handle, second.handle) == ("lina_k", "omar_s")
    assert second.published_at == datetime(2019, 3, 4, tzinfo=UTC)
    assert TORN[first.start : first.end].startswith("خرجت")
    assert TORN[second.start : second.end].strip().startswith("وصلنا")


def test_a_mail_address_signs_nothing() -> None:
    """An address or a bare date is no signature."""
    assert posts_in("Write to desk@example.org - March 3, 2019.\n\nA handle (@desk) alone.") == ()


def test_an_impossible_day_signs_nothing() -> None:
    """A signature with a day that no calendar has is left alone."""
    assert posts_in("We are here.\n\n— Lina (@lina_k) February 31, 2019") == ()
