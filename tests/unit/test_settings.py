"""The configuration refuses what it does not know, and says what was meant."""

from pathlib import Path

import pytest

from streams.errors import ConfigError
from streams.settings import load_settings


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "changehands.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("toml", "wrong", "right"),
    [
        ("[wbe]\nport = 1", "wbe", "web"),
        ("[web]\nprot = 1", "web.prot", "port"),
        ("jornal = 'x'", "jornal", "journal"),
        ("[[sources]]\nid = 'a'\nurl = 'u'\nowener = 'x'", "sources.0.owener", "owner"),
    ],
)
def test_a_typo_in_the_file_is_answered_with_the_nearest_name(tmp_path: Path, toml: str, wrong: str, right: str):
    """A key, group or source key that does not exist is named together with the one that was meant."""
    with pytest.raises(ConfigError, match=rf"{wrong} is not a setting; did you mean {right}\?"):
        load_settings(written(tmp_path, toml), {})


@pytest.mark.parametrize(
    ("name", "right"),
    [("CHANGEHANDS_WEBB__PORT", "CHANGEHANDS_WEB__PORT"), ("CHANGEHANDS_WEB__PROT", "CHANGEHANDS_WEB__PORT")],
)
def test_a_typo_in_the_environment_is_refused_in_group_and_key(name: str, right: str):
    """An environment name that sets nothing is refused, in its group as in its key."""
    with pytest.raises(ConfigError, match=rf"{name} is not a setting; did you mean {right}\?"):
        load_settings(None, {name: "1"})


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A value in the environment replaces that key of the file and leaves its neighbours."""
    monkeypatch.setenv("CHANGEHANDS_WEB__PORT", "9001")
    settings = load_settings(written(tmp_path, "[web]\nport = 1\nhost = '127.0.0.2'"))
    assert (settings.web.port, settings.web.host) == (9001, "127.0.0.2")


def test_a_wrong_value_is_named_with_its_key(tmp_path: Path):
    """A value of the wrong kind is shown with the key it stands under."""
    with pytest.raises(ConfigError, match=r"web.port: .*integer.*'many'"):
        load_settings(written(tmp_path, "[web]\nport = 'many'"), {})


def test_a_file_that_is_no_toml_says_where(tmp_path: Path):
    """A syntax error names the file and the line."""
    with pytest.raises(ConfigError, match=r"changehands\.toml: not TOML: .*line 1"):
        load_settings(written(tmp_path, "journal = = 1"), {})


def test_two_sources_cannot_share_an_id(tmp_path: Path):
    """An id used twice is refused, since items would be confused."""
    twice = "[[sources]]\nid = 'a'\nurl = 'https://x.example/1'\n" * 2
    with pytest.raises(ConfigError, match="'a' is used twice"):
        load_settings(written(tmp_path, twice), {})


X = "[[sources]]\nid = 'x'\nkind = 'x'\nurl = 'https://api.x.example'\n"


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ("words = ['a']", "'x' is of kind x and needs `token_file`"),
        ("token_file = '/t'", "needs `words`, `tags` or `accounts`"),
        ("token_file = '/t'\nwords = [' ']", "needs `words`, `tags` or `accounts`"),
        ("token_file = '/t'\ntags = ['two words']", "'two words' in `tags` is not what X calls one"),
        ("token_file = '/t'\naccounts = ['user@host.example']", "'user@host.example' in `accounts`"),
        ("token_file = '/t'\nwords = ['a']\nbackfill_minutes = 6", "backfill_minutes: .*5"),
    ],
)
def test_a_source_of_x_says_what_it_lacks(tmp_path: Path, more: str, wrong: str):
    """X needs a token and something to filter by, in its own form; what is missing is named."""
    with pytest.raises(ConfigError, match=wrong):
        load_settings(written(tmp_path, X + more), {})


def test_a_source_of_x_takes_names_in_any_script(tmp_path: Path):
    """Hashtags of any script, with or without their sign, and accounts by name or number are taken."""
    more = "token_file = '/t'\ntags = ['حلب', '#Київ', 'हिन्दी']\naccounts = ['@amal', '2244994945']"
    (source,) = load_settings(written(tmp_path, X + more), {}).sources
    assert source.tags == ("حلب", "#Київ", "हिन्दी")


@pytest.mark.parametrize(
    "callback",
    [
        "reader.example",
        "ftp://reader.example",
        "https://",
        "https://a:b@reader.example",
        "https://x/?a=b",
        "http://x:y/",
    ],
)
def test_where_hubs_reach_us_is_an_address(tmp_path: Path, callback: str):
    """A callback that no hub could append a capability to is refused, and the right form is shown."""
    with pytest.raises(ConfigError, match=r"push\.callback: "):
        load_settings(written(tmp_path, f"[push]\ncallback = '{callback}'"), {})


def test_a_callback_is_taken_with_and_without_a_slash(tmp_path: Path):
    """The base of the callbacks is the same however it is written."""
    for callback in ("https://reader.example/push", "https://reader.example/push/"):
        settings = load_settings(written(tmp_path, f"[push]\ncallback = '{callback}'"), {})
        assert settings.push.callback == "https://reader.example/push"
