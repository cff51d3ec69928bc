"""The words of each language as data: `<language>.toml` beside this file, compiled at first use.

A lexicon names its grammar module and script and holds

- `words`: lists of common nouns, function words and the like,
- `sets`: alternatives that several frames share, named in angle brackets,
- `forms`: how a stem is inflected, a pattern with `{}` where the stem stands;
  the groups `pro` (an attached pronoun), `lead` (an attached particle),
  `future` and `who` (a holder inside a compound) are read by the claims,
- `seat`: where a slot may stand beside the trigger, as a pattern over the words
  between the two (`pronoun`: the same place taken by a pronoun),
- `frame`: one way of telling a change: its kind, its stems by form, and the
  seats to try for gainer, loser and place, in order,
- `cue`: words that make a claim denied, negated, planned, contested, claimed or
  background, and how far they reach.

All patterns are over folded text (processors.normalise).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from processors.detect.lexicon.alternatives import alternatives, openings, tree
from streams.errors import ConfigError
from streams.mentions import Kind

LANGUAGES = ("ar", "en", "tr", "ru", "uk", "fr", "es", "fa", "kmr", "ckb")
"""The languages whose lexicons are shipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A position beside the trigger: `between` must match the words up to the phrase."""

    between: re.Pattern[str]
    pronoun: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One way of telling a change of control; the fields are those of the lexicon file.

    `state`: its present tense is static control. `named`: the place needs a name.
    `unknown`: capitalised words that nothing knows are taken for a place, up to
    this many of them.
    """

    name: str
    kind: Kind
    forms: Mapping[str, re.Pattern[str]]
    gainer: tuple[str, ...] = ()
    loser: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    pro: str = ""
    needs: tuple[str, ...] = ()
    unless: re.Pattern[str] | None = None
    unless_after: re.Pattern[str] | None = None
    only: re.Pattern[str] | None = None
    state: bool = False
    named: bool = False
    partial: bool = False
    unknown: int = 0
    precision: float = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """Words that decide how the text stands to a claim.

    `where`: before (earlier in the same clause), joined (right before), after
    (later in the same clause), sentence (anywhere), inside (in the trigger's own words),
    particle (a particle written onto the trigger). `unless_reported`: the tense
    that reported speech takes anyway says nothing there. `unless_before`: words
    earlier in the trigger's clause that shut it off ("managed to"). `forms`: it
    decides triggers of these forms only (none: of every form), `particle`: those
    only that have such a particle written onto them.
    """

    means: str
    where: str
    pattern: re.Pattern[str]
    within: int
    unless_kind: frozenset[str] = frozenset()
    unless_reported: bool = False
    unless_before: re.Pattern[str] | None = None
    forms: frozenset[str] = frozenset()
    particle: re.Pattern[str] | None = None


@dataclass(frozen=True, kw_only=True)  # no slots: what is compiled is kept beside the fields
class Lexicon:
    """One language's words, frames and cues, compiled when first asked for.

    Ten languages at once would take seconds of every worker's start, and most texts need one of them.
    """

    language: str
    script: str
    words: Mapping[str, frozenset[str]]
    data: Mapping[str, Any] = field(repr=False, compare=False)

    @cached_property
    def stems(self) -> re.Pattern[str]:
        """Return a pattern that occurs wherever a trigger may begin."""
        return re.compile(tree(re.escape(stem.replace("_", " ")) for stem in self.data["stems"].split()))

    @cached_property
    def armed(self) -> frozenset[str]:
        """Return the nouns that by themselves tell of somebody armed."""
        return self.words["actors"] - self.words.get("unarmed", frozenset())

    @cached_property
    def patterns(self) -> Mapping[str, re.Pattern[str]]:
        """Return the grammar module's own patterns by name."""
        return {name: re.compile(text, re.VERBOSE) for name, text in self.data["patterns"].items()}

    @cached_property
    def seats(self) -> Mapping[str, Seat]:
        """Return the positions that frames name."""
        return {name: _seat(entry) for name, entry in self.data["seat"].items()}

    @cached_property
    def frames(self) -> Sequence[Frame]:
        """Return the ways of telling a change, in their order; raises ConfigError for an unknown key."""
        return tuple(_frame(entry, self.data["forms"]) for entry in self.data["frame"])

    @cached_property
    def forms(self) -> Mapping[str, re.Pattern[str]]:
        """Return for each form a pattern that finds any stem in it, whichever frame it belongs to."""
        return {form: _any_of(form, self.data) for form in self.data["forms"]}

    @cached_property
    def openings(self) -> re.Pattern[str]:
        """Return a pattern that finds what stands before each word with which a trigger may begin.

        It begins with a class, so that the engine passes over letters in a loop of its own: a tenth of the time that it
        takes to try the forms, which begin with a look backwards, at every letter.
        """
        return re.compile(rf"\W(?={'|'.join(_openings(self.data))})")

    @cached_property
    def cues(self) -> Sequence[Cue]:
        """Return the words that decide a claim's status."""
        return tuple(_cue(entry) for entry in self.data["cue"])

    @cached_property
    def surfaces(self) -> Mapping[str, Mapping[str, tuple[str, str]]]:
        """Return the written forms of the inflected word lists."""
        lists, inflections = self.data["inflected"]["lists"], self.data["inflections"]
        return {name: _surfaces(self.words[name], inflections) for name in lists}


@cache
def load_lexicons() -> Mapping[str, Lexicon]:
    """Return every shipped lexicon by language code; they are immutable and read once a process."""
    return {language: _lexicon(_read(language)) for language in LANGUAGES}


def _read(language: str) -> dict[str, Any]:
    """Read a lexicon file and put its `sets` where a pattern names them in angle brackets."""
    data = tomllib.loads(files(__package__).joinpath(f"{language}.toml").read_text("utf-8"))
    for entry in data["frame"]:
        for key in [key for key in entry if key in data["forms"] or key in _TESTS]:
            for name, pattern in data.get("sets", {}).items():
                entry[key] = entry[key].replace(f"<{name}>", pattern)
    return data


def _lexicon(data: dict[str, Any]) -> Lexicon:
    words = {name: frozenset(entry.strip() for entry in text.split(",")) for name, text in data["words"].items()}
    return Lexicon(language=data["language"], script=data["script"], words=words, data=data)


def _surfaces(nouns: frozenset[str], inflections: Sequence[dict[str, str]]) -> dict[str, tuple[str, str]]:
    """Return each written form of the nouns with its noun and what the form says (definite, owned, plain)."""
    found: dict[str, tuple[str, str]] = {}
    for entry in inflections:  # in their order: a plain noun is never read as another noun with a pronoun
        for noun in sorted(nouns):
            for form in _inflected(noun, entry):
                found.setdefault(form, (noun, entry["says"]))
    return found


def _inflected(noun: str, entry: dict[str, str]) -> list[str]:
    ending = entry.get("drop", "")
    if ending and not noun.endswith(ending):
        return []
    stem = noun[: len(noun) - len(ending)]
    suffixes = entry.get("suffix", "").split(",")
    return [prefix + stem + suffix for prefix in entry.get("prefix", "").split(",") for suffix in suffixes]


def _seat(entry: dict[str, str]) -> Seat:
    pronoun = entry.get("pronoun")
    return Seat(between=re.compile(entry["between"]), pronoun=re.compile(pronoun) if pronoun else None)


def _frame(entry: dict[str, Any], forms: Mapping[str, str]) -> Frame:
    found = {form: re.compile(forms[form].replace("{}", f"(?:{entry[form]})")) for form in forms if form in entry}
    values: dict[str, Any] = {key: entry[key] for key in _VALUES if key in entry}
    values |= {key: tuple(entry[key]) for key in _LISTS if key in entry}
    values |= {key: re.compile(entry[key]) for key in _TESTS if key in entry}
    _only_known(entry, forms)
    return Frame(kind=Kind(entry["kind"]), forms=found, **values)


def _any_of(form: str, data: Mapping[str, Any]) -> re.Pattern[str]:
    """Return a pattern that begins where any frame's stem occurs in this form; one search instead of one a frame."""
    stems = tree(_unnamed(entry[form]) for entry in data["frame"] if form in entry)
    whole = _unnamed(data["forms"][form]).replace("{}", f"(?:{stems})")
    return re.compile(whole) if stems else re.compile("(?!)")


def _openings(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield how triggers begin: what forms set before their stems, and the first letters of those."""
    begun: dict[str, set[str]] = {}
    for form, template in data["forms"].items():
        stems = [_unnamed(entry[form]) for entry in data["frame"] if form in entry]
        for way in alternatives(_unnamed(template)):
            begun.setdefault(_before(way), set()).update(
                letters for stem in stems for letters in openings(stem, _TELLING)
            )
    for before, begins in begun.items():
        yield f"{before}(?:{tree(sorted(begins))})"


def _before(template: str) -> str:
    """Return what a form sets before its stem; raises ConfigError where that is not at the beginning of a word."""
    border = _BORDER.match(template)
    if border is None:
        raise ConfigError(f"a lexicon's form does not begin at the beginning of a word: {template}")
    return _UNCLOSED.sub("", template[border.end() :].partition("{}")[0])


def _unnamed(pattern: str) -> str:
    """Return a pattern without its groups' names, of which none may stand twice."""
    return re.sub(r"\(\?P<\w+>", "(?:", pattern)


def _only_known(entry: dict[str, Any], forms: Mapping[str, str]) -> None:
    """Raise ConfigError for a key that no frame has: a typo would silently change what is found."""
    unknown = set(entry) - {"kind", *_VALUES, *_LISTS, *_TESTS, *forms}
    if unknown:
        raise ConfigError(f"lexicon frame {entry['name']!r} has unknown keys: {', '.join(sorted(unknown))}")


_TELLING = 5  # letters by which a stem is looked for: with more the pattern grows, with fewer it finds more other words
_BORDER = re.compile(r"\(\?<!(?:\\w|\[\\w.?\])\)")
_UNCLOSED = re.compile(r"(?:\(\?:)+$")
_VALUES = ("name", "pro", "state", "named", "partial", "precision", "unknown")
_LISTS = ("gainer", "loser", "place", "needs")
_TESTS = ("unless", "unless_after", "only")


def _cue(entry: dict[str, Any]) -> Cue:
    return Cue(
        means=entry["means"],
        where=entry.get("where", "before"),
        pattern=re.compile(entry["words"]),
        within=entry.get("within", 14),
        unless_kind=frozenset(entry.get("unless_kind", ())),
        unless_reported=entry.get("unless_reported", False),
        unless_before=re.compile(entry["unless_before"]) if "unless_before" in entry else None,
        forms=frozenset(entry.get("forms", ())),
        particle=re.compile(entry["particle"]) if "particle" in entry else None,
    )
