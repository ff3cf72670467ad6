"""The names of a corpus' documents: full and short titles, 文号, dates; and what a text names."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from assistant.addressing.likeness import (
    MIN_SOUND_CHARS,
    MIN_TYPO_CHARS,
    IsWord,
    core_of,
    is_made_of,
    is_misheard,
    is_mistyped,
    is_short_for,
    kind_of,
    with_kind,
)
from assistant.schema import Clause, DocStatus, Document, Level
from assistant.text import find_dates, normalize

_REGION = re.compile(
    r"^(?:中华人民共和国|国务院)?(?:[\u4e00-\u9fff]{2,3}?(?:省|市|自治区))?"
    r"(?:[\u4e00-\u9fff]{2,3}?(?:新区|区|县))?"
)
_BRACKETED = re.compile(r"[(（][^()（）]*[)）]")
_QUOTED = re.compile(r"[“\"]([^”\"]{3,20})[”\"]")
_NO = re.compile(
    r"(?P<prefix>[\u4e00-\u9fff]{1,12})[〔\[(【<〈]?(?P<year>(?:19|20)\d\d)"
    r"[〕\])】>〉]?[年第,-]{0,2}(?P<number>\d{1,4})号"
)
_DECREE = re.compile(r"(?P<prefix>[\u4e00-\u9fff]{1,12}令)第?(?P<number>\d{1,4})号")
"""国务院令第722号: numbered on from year to year."""
_DATE_IN_ID = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d\d)-(\d\d)(?!\d)")
_ORDER = {
    DocStatus.IN_FORCE: 0,
    DocStatus.DRAFT: 1,
    DocStatus.EXPIRED: 2,
    DocStatus.SUPERSEDED: 2,
    DocStatus.DIGEST: 3,
}
MIN_NAME = 4


class Texts(Hashable, Protocol):
    """What addresses are looked up in; an opened index is one, and is told apart by identity."""

    @property
    def documents(self) -> Mapping[str, Document]: ...

    def clauses_of(self, doc_id: str) -> Sequence[Clause]: ...


@dataclass(frozen=True, slots=True)
class Number:
    """A 文号 in a text; `docs` are those that have it."""

    start: int
    end: int
    docs: tuple[str, ...]


def name_key(words: str) -> str:
    """A name without punctuation, in the spelling of matching."""
    return re.sub(r"[^\w]|_", "", normalize(words).text)


class Titles:
    """Every name of every document, built once."""

    def __init__(self, texts: Texts) -> None:
        self.documents = texts.documents
        days = {one: _days(texts, one) for one in texts.documents}
        self.dated = {one: max(found, default=None) for one, found in days.items()}
        self.years = {one: {day.year for day in found} for one, found in days.items()}
        ranked = sorted(texts.documents, key=self._rank)
        self.order = {one: place for place, one in enumerate(ranked)}
        self.by_name: dict[str, dict[str, int]] = {}
        self.names_of: dict[str, tuple[str, ...]] = {}
        self.by_number: dict[tuple[int, int], list[tuple[str, str]]] = {}
        for doc_id, document in texts.documents.items():
            names = names_of(document)
            self.names_of[doc_id] = tuple(names)
            for name, rank in names.items():
                self.by_name.setdefault(name, {}).setdefault(doc_id, rank)
            for found, key in _numbers(normalize(document.doc_no or "").text):
                self.by_number.setdefault(key, []).append((found["prefix"], doc_id))
        self.longest_first = sorted(
            (one for one in self.by_name if len(one) >= MIN_NAME), key=lambda one: (-len(one), one)
        )
        self._chars = {name: frozenset(name) for name in self.by_name}
        self._of_kind: dict[str, list[str]] = {"": list(self.by_name)}
        for name in self.by_name:
            if kind_of(name):
                self._of_kind.setdefault(kind_of(name), []).append(name)

    def _rank(self, doc_id: str) -> tuple[int, int, str]:
        document, dated = self.documents[doc_id], self.dated[doc_id]
        return _ORDER[document.status], -(dated.toordinal() if dated else 0), doc_id

    def ordered(self, docs: Iterable[str]) -> tuple[str, ...]:
        """In force first, then the newest."""
        return tuple(sorted(docs, key=self.order.__getitem__))

    def named(self, name: str) -> tuple[str, ...]:
        """Documents that have exactly this name; those with it as their whole title first."""
        docs = self.by_name.get(name, {})
        return tuple(sorted(docs, key=lambda one: (docs[one], self.order[one])))

    def titled(self, name: str) -> tuple[str, ...]:
        """Documents whose whole title this is, versions of one text."""
        return tuple(one for one in self.named(name) if self.by_name[name][one] == 0)

    def versions_of(self, doc_id: str) -> tuple[str, ...]:
        """All versions of its title, itself among them, the newest first."""
        same = self.titled(self.names_of[doc_id][0])
        return tuple(sorted(same, key=lambda one: (-self._day(one), self.order[one])))

    def _day(self, doc_id: str) -> int:
        dated = self.dated[doc_id]
        return dated.toordinal() if dated else 0

    def numbers_in(self, norm: str) -> list[Number]:
        """Every 文号 of a normalised text, in any brackets or none."""
        found = []
        for match, key in _numbers(norm):
            known = self.by_number.get(key, ())
            fits = [(prefix, doc) for prefix, doc in known if match["prefix"].endswith(prefix)]
            start = match.start()
            if fits:
                start = match.end("prefix") - max(len(prefix) for prefix, _ in fits)
            found.append(Number(start, match.end(), self.ordered({doc for _, doc in fits})))
        return found

    def like(self, words: str, is_word: IsWord) -> tuple[str, ...]:
        """Documents of which the words are a title cut short, mixed up, misheard or mistyped.

        The kinds of likeness are tried in this order; those of the first that fits are given.
        """
        words = with_kind(words)
        kind, core, chars = kind_of(words), core_of(words), frozenset(words)
        names = self._of_kind.get(kind, [])
        whole = [one for one in names if chars <= self._chars[one]]
        short = [one for one in whole if is_short_for(words, one)]
        if len(words) < MIN_NAME and not kind:
            short = [one for one in short if words in one]
        matches = short
        if not short and len(words) >= MIN_NAME:
            matches = [one for one in whole if is_made_of(words, one)]
        if not matches and len(core) >= MIN_SOUND_CHARS:
            near = [one for one in names if len(chars - self._chars[one]) <= 2]
            matches = [one for one in near if is_misheard(words, one)]
            if not matches and len(core) >= MIN_TYPO_CHARS:
                near = [one for one in near if len(chars - self._chars[one]) <= 1]
                matches = [one for one in near if is_mistyped(words, one, is_word)]
        spare: dict[str, int] = {}
        for name in matches:
            for doc in self.by_name[name]:
                spare[doc] = min(spare.get(doc, len(name)), len(name))
        return tuple(sorted(spare, key=lambda one: (spare[one], self.order[one])))

    def nearest(self, words: str) -> str:
        """The title that shares most pairs of characters with the words; empty if none does."""
        pairs = {words[i : i + 2] for i in range(len(words) - 1)}
        scores = {
            doc: max(sum(pair in name for pair in pairs) / (len(name) + 8) for name in names)
            for doc, names in self.names_of.items()
        }
        best = max(scores, key=lambda one: (scores[one], -self.order[one]), default=None)
        return self.documents[best].title if best and scores[best] else ""


def _numbers(norm: str) -> Iterator[tuple[re.Match[str], tuple[int, int]]]:
    """Every 文号 with its year, 0 for a decree, and number."""
    for found in _NO.finditer(norm):
        yield found, (int(found["year"]), int(found["number"]))
    for found in _DECREE.finditer(norm):
        yield found, (0, int(found["number"]))


def names_of(document: Document) -> dict[str, int]:
    """Names and how far each is from the title: 0 the title itself, 1 a short or cut one, 2 a name
    that the title quotes.
    """
    title = document.title
    bare = _BRACKETED.sub("", title)
    names = {name_key(title): 0, name_key(bare): 0}
    names.setdefault(name_key(title).replace("中华人民共和国", ""), 0)
    names.setdefault(name_key(bare).replace("中华人民共和国", ""), 0)
    for name in list(names):
        region = _REGION.match(name)
        stripped = name[region.end() :] if region else name
        if len(stripped) >= 2:
            names.setdefault(stripped, 1)
        if name.startswith("上海市"):
            names.setdefault("上海" + name.removeprefix("上海市"), 0)
    for short in document.short_titles:
        names.setdefault(name_key(short), 1)
    for quoted in _QUOTED.findall(title):
        names.setdefault(name_key(quoted), 2)
    return {name: rank for name, rank in names.items() if name}


def _days(texts: Texts, doc_id: str) -> list[date]:
    """The days of this version: in its id, the last in its title block, else of issue or force."""
    document = texts.documents[doc_id]
    named = [_date(*map(int, found)) for found in _DATE_IN_ID.findall(doc_id)]
    block = ""
    for clause in texts.clauses_of(doc_id)[:2]:
        if clause.level is Level.TITLE:
            block = document.text[clause.start : clause.end]
    written = [_date(one.year, one.month, one.day) for one in find_dates(block)]
    days = [day for day in named if day]
    if last := max((day for day in written if day), default=None):
        days.append(last)
    other = document.issued_on or document.effective_on
    return days or ([other] if other else [])


def _date(year: int | None, month: int | None, day: int | None) -> date | None:
    try:
        return date(year or 0, month or 0, day or 0)
    except ValueError:
        return None
