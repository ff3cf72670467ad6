"""What a document is on a day: in force, not yet, expired, replaced, repealed; and how to say so.

Pure functions; the day is a parameter. A day that is not known lies in a span of days, and on a
day within it the answer is `unknown`, not a guess.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from itertools import pairwise

from assistant.schema import DocStatus, Document, Kind
from assistant.text import normalize

ENDED_WORDS = ("失效", "废止", "过期", "历史文件", "停止执行")
DRAFT_WORDS = ("送审稿", "征求意见稿", "草案", "讨论稿", "报批稿", "起草")
_YEAR = re.compile(r"[〔\[【(（]\s?(\d{4})\s?[〕\]】)）]|(\d{4})\s?年")
_VERSIONED = re.compile(r"(?:条例|办法|规定|规则|细则|决定|章程)$")
"""A later text of the same title and authority is a later version of it. Annual notices are not."""


class Force(str, Enum):
    """What a document is on a day."""

    DRAFT = "draft"
    NOT_YET = "not_yet"
    IN_FORCE = "in_force"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REPEALED = "repealed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Standing:
    """`since`: the first day of the state, where it is known; `newer`: what took its place."""

    force: Force
    since: date | None = None
    newer: Document | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Something happened on a day from `first` to `last`."""

    first: date
    last: date

    @property
    def day(self) -> date | None:
        return self.first if self.first == self.last else None


Newer = Mapping[str, tuple[Document, ...]]
"""By doc_id: what directly took the place of a document, by the day it did."""


def newer_versions(documents: Mapping[str, Document]) -> Newer:
    """From `replaces`, `replaced_by` and titles; the links of a circle are left out."""
    links = _links(documents)
    broken = {link for circle in _circles(links) for link in _pairs(circle)}
    found: dict[str, tuple[Document, ...]] = {}
    for older, ids in links.items():
        kept = [documents[one] for one in ids if (older, one) not in broken]
        kept.sort(key=lambda one: (_sort_day(one), one.doc_id))
        found[older] = tuple(one for one in kept if not _is_draft(one))
    return found


def circles(documents: Mapping[str, Document]) -> list[tuple[str, ...]]:
    """Documents that replace each other in a circle, each circle once, smallest id first."""
    return _circles(_links(documents))


def chain_of(document: Document, documents: Mapping[str, Document]) -> tuple[Document, ...]:
    """All versions that lead to or from a document, the oldest first."""
    newer = newer_versions(documents)
    older: defaultdict[str, list[str]] = defaultdict(list)
    for old, later in newer.items():
        for new in later:
            older[new.doc_id].append(old)
    seen, ahead = {document.doc_id}, [document.doc_id]
    while ahead:
        one = ahead.pop()
        for other in [*older[one], *(new.doc_id for new in newer.get(one, ()))]:
            if other not in seen:
                seen.add(other)
                ahead.append(other)
    chain = [documents[one] for one in seen]
    return tuple(sorted(chain, key=lambda one: (_sort_day(one), one.doc_id)))


def standing_on(document: Document, newer: Sequence[Document], day: date) -> Standing:
    """What `document` is on `day`; `newer` is what directly took its place, of any day."""
    if _is_draft(document):
        return Standing(Force.DRAFT)
    begin = begin_of(document)
    if begin and day < begin.first:
        return Standing(Force.NOT_YET, begin.day)
    ends = sorted(_ends(document, newer), key=lambda one: (one[0].last, one[1].force.value))
    over = [standing for span, standing in ends if day >= span.last]
    if over:
        return over[0]
    if any(day >= span.first for span, _ in ends):
        return Standing(Force.UNKNOWN)
    if not ends and (ended := _ended_by_words(document)):
        return Standing(ended)
    if begin and day < begin.last:
        return Standing(Force.UNKNOWN)
    is_whole = document.kind is not Kind.DIGEST and begin is not None
    is_told = document.status_words in ("有效", "现行有效")
    if ends or is_whole or is_told:
        return Standing(Force.IN_FORCE, begin.day if begin else None)
    return Standing(Force.UNKNOWN)


def statuses_on(
    documents: Mapping[str, Document], ids: Iterable[str], day: date
) -> dict[str, tuple[DocStatus, ...]]:
    """By doc_id: the status of CONTRACT that is shown beside a citation, and for a digest, which
    stays one whatever became of its text, that of its text after it.

    A text that is not in force yet is `draft`, as nobody can rely on it; a repealed one `expired`.
    """
    newer = newer_versions(documents)
    found: dict[str, tuple[DocStatus, ...]] = {}
    for one in ids:
        document = documents[one]
        standing = standing_on(document, newer.get(one, ()), day)
        status = _STATUS.get(standing.force, DocStatus.IN_FORCE)
        is_digest = document.kind is Kind.DIGEST
        found[one] = (DocStatus.DIGEST, status) if is_digest else (status,)
    return found


_STATUS = {
    Force.DRAFT: DocStatus.DRAFT,
    Force.NOT_YET: DocStatus.DRAFT,
    Force.EXPIRED: DocStatus.EXPIRED,
    Force.REPEALED: DocStatus.EXPIRED,
    Force.SUPERSEDED: DocStatus.SUPERSEDED,
}


def begin_of(document: Document) -> Span | None:
    """When this version began to be in force; of a 文号 alone, some day of its year."""
    days = [document.effective_on or document.issued_on, document.amended_on]
    known = [day for day in days if day]
    if known:
        return Span(max(known), max(known))
    if document.plan_period:
        return Span(date(document.plan_period[0], 1, 1), date(document.plan_period[0], 1, 1))
    year = _YEAR.search(document.doc_no or "")
    if year is None:
        return None
    number = int(year[1] or year[2])
    return Span(date(number, 1, 1), date(number + 1, 1, 1))


def _ends(document: Document, newer: Iterable[Document]) -> list[tuple[Span, Standing]]:
    """When it ceased to be in force, and why, as far as that is dated."""
    ends: list[tuple[Span, Standing]] = []
    if document.repealed_on:
        day = document.repealed_on
        ends.append((Span(day, day), Standing(Force.REPEALED, day, next(iter(newer), None))))
    last = document.expires_on
    if last is None and document.plan_period:
        last = date(document.plan_period[1], 12, 31)
    if last:
        day = last + timedelta(days=1)
        ends.append((Span(day, day), Standing(Force.EXPIRED, day)))
    for one in newer:
        span = begin_of(one) or Span(date.min, date.min)
        since = span.day if span.first > date.min else None
        ends.append((span, Standing(Force.SUPERSEDED, since, one)))
    return ends


def _is_draft(document: Document) -> bool:
    words = document.status_words or ""
    return document.kind is Kind.DRAFT or any(one in words for one in DRAFT_WORDS)


def _ended_by_words(document: Document) -> Force | None:
    words = document.status_words or ""
    if "废止" in words:
        return Force.REPEALED
    if document.status is DocStatus.SUPERSEDED:
        return Force.SUPERSEDED
    is_ended = any(one in words for one in ENDED_WORDS)
    return Force.EXPIRED if is_ended or document.status is DocStatus.EXPIRED else None


def _links(documents: Mapping[str, Document]) -> dict[str, tuple[str, ...]]:
    """By the older one's doc_id, the ids of what replaces it."""
    ids = _ids_by_name(documents)
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in documents.values():
        for name in one.replaces:
            for older in ids.get(_key(name), ()):
                if older != one.doc_id:  # a new text repeals the old one of the same title
                    found[older].add(one.doc_id)
        for name in one.replaced_by:
            found[one.doc_id].update(ids.get(_key(name), ()))
    for versions in _by_title(documents).values():
        for before, after in pairwise(versions):
            found[before.doc_id].add(after.doc_id)
    return {older: tuple(sorted(found[older])) for older in sorted(found)}


@lru_cache(maxsize=100_000)
def _core(title: str) -> str:
    """`_key` without a bracket at the end: （2018年修正）."""
    return _key(re.sub(r"[（(][^（()）]*[）)]$", "", title))


@lru_cache(maxsize=100_000)  # asked of every document at every answer
def _key(name: str) -> str:
    """One spelling: a title within a title stands in 《》, or in 〈〉 where it is quoted again."""
    return re.sub(r"[《》〈〉<>]", "", normalize(name).text)


def _ids_by_name(documents: Mapping[str, Document]) -> dict[str, tuple[str, ...]]:
    """Documents by id, 文号 and title; a title that several versions share names none of them."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one in documents.values():
        for name in {one.doc_id, one.doc_no, one.title}:
            if name:
                found[_key(name)].append(one.doc_id)
    return {name: tuple(ids) for name, ids in found.items() if len(ids) == 1}


def _by_title(documents: Mapping[str, Document]) -> dict[tuple[str, ...], list[Document]]:
    """Official texts of one title and authority, by the day each version began."""
    found: defaultdict[tuple[str, ...], list[Document]] = defaultdict(list)
    for one in documents.values():
        title = _core(one.title)
        if one.kind is Kind.OFFICIAL and one.tier and _VERSIONED.search(title) and begin_of(one):
            found[title, one.tier.value, one.region or ""].append(one)
    for versions in found.values():
        versions.sort(key=lambda one: (_sort_day(one), one.doc_id))
    return {
        key: versions
        for key, versions in found.items()
        if len({_sort_day(one) for one in versions}) == len(versions)
    }


def _circles(links: Mapping[str, tuple[str, ...]]) -> list[tuple[str, ...]]:
    found: set[tuple[str, ...]] = set()
    for start in links:
        path = _path_back(links, start)
        if path:
            least = path.index(min(path))
            found.add((*path[least:], *path[:least]))
    return sorted(found)


def _path_back(links: Mapping[str, tuple[str, ...]], start: str) -> tuple[str, ...]:
    """A way from `start` back to it, without the return; empty where there is none."""
    ahead: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ahead:
        path = ahead.pop(0)
        for one in links.get(path[-1], ()):
            if one == start:
                return path
            if one not in seen:
                seen.add(one)
                ahead.append((*path, one))
    return ()


def _pairs(circle: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(zip(circle, (*circle[1:], circle[0]), strict=True))


def _sort_day(document: Document) -> date:
    span = begin_of(document)
    return span.first if span else date.min
