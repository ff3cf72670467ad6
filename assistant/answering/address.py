"""The clause a person names: 优化营商环境条例第五条, 三（三）12, 保障措施第二部分, 下一条."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.addressing.likeness import kind_of
from assistant.addressing.naming import Name, find_names, generic_kind, is_lead, of_version
from assistant.addressing.outline import Outline
from assistant.addressing.places import SECTIONS, Places, places_of
from assistant.addressing.steps import Walk, find_walks
from assistant.addressing.titles import MIN_NAME, Texts, name_key
from assistant.retrieval.tokenizer import word_frequency
from assistant.schema import Clause, Level
from assistant.text import normalize

MAX_HEADING = 30
MIN_HEADING = 4
"""A shorter one (总则) is a place only where an address follows it at once."""
MAX_READ = 400
MAX_ADDRESSES = 20
COMMON = 50
"""A word list has names and slips (共亨) among its rare words; those keep no typo from repair."""


@dataclass(frozen=True, slots=True)
class Address:
    """Clauses that an address names; none where it names what does not exist."""

    clauses: tuple[Clause, ...]
    """The likely one first; more than one where the address fits several."""
    words: str
    others: tuple[Clause, ...] = ()
    """Clauses of further addresses in the same text: 第5条和第6条."""
    problem: str = ""
    """One sentence on what does not exist, and what does that is nearest."""


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where an address is looked up: the documents, or the sections of them that are named."""

    docs: tuple[str, ...]
    sections: tuple[Clause, ...] = ()
    problem: str = ""


def find_address(
    text: str, index: Texts, *, current: Clause | None = None, is_address: bool = False
) -> Address | None:
    """The address in a text, or None where there is none.

    `current` is the clause that was spoken of last, for 下一款 and for numbers without a name;
    `is_address`: the text is nothing but an address, so that a heading alone is one.
    """
    norm = normalize(text[:MAX_READ]).text
    places = places_of(index)
    headings = _headings(norm, places)
    headed = tuple(end for _, end, _ in headings)
    walks = _walks(norm, current, is_address=is_address, after=headed)
    unheaded = [one for one in walks if one.start not in headed]
    names = find_names(norm, unheaded, places.titles, is_word)
    ends = tuple(name.end for name in names if name.docs)
    if ends:
        walks = _walks(norm, current, is_address=is_address, after=(*headed, *ends))
    if not walks:
        return _heading_alone(norm, names, places) if is_address else None
    found: list[tuple[Clause, ...]] = []
    words = norm[walks[0].start : walks[0].steps[-1].end]
    for walk in walks:
        clauses, problem = _resolve(walk, norm, names, places, found[0][0] if found else current)
        if not clauses:
            return Address((), words, problem=problem)
        found.append(clauses)
    return Address(found[0], words, tuple(one[0] for one in found[1:]))


_YEAR = re.compile(r"(?:19|20)\d\d")
_COUNTED = re.compile(r"(?<=[零〇一二三四五六七八九十0-9])[年个次批期家名]")


def _is_count(walk: Walk, norm: str) -> bool:
    """Whether the number counts something or is that of a year: 两个项目一年里 names no item one,
    2020年和2022年两轮 no 2020th item.
    """
    is_year = any(_YEAR.fullmatch(step.number) for step in walk.steps)
    return is_year or bool(_COUNTED.match(norm, walk.steps[-1].end))


def is_word(word: str) -> bool:
    """Whether a name is also an everyday word, so that it names nothing by itself."""
    return word_frequency(word) > COMMON


def _walks(
    norm: str, current: Clause | None, *, is_address: bool, after: tuple[int, ...]
) -> list[Walk]:
    """A relative address is none without a clause that it starts from."""
    walks = dict.fromkeys(find_walks(norm, after=after, is_address=is_address))
    walks = {one: None for one in walks if is_address or not _is_count(one, norm)}
    known = [one for one in walks if current is not None or one.steps[0].shift is None]
    return known[:MAX_ADDRESSES]


def _headings(norm: str, places: Places) -> list[tuple[int, int, list[Clause]]]:
    """Sections named by their heading: 保障措施第二部分; the longest where several overlap."""
    found: list[tuple[int, int, list[Clause]]] = []
    start = 0
    while start < len(norm):
        longest = min(len(norm), start + MAX_HEADING)
        for end in range(longest, start + 1, -1):
            clauses = [c for c in places.headings.get(norm[start:end], ()) if c.level in SECTIONS]
            follows = norm[end : end + 1]
            is_near = end - start >= MIN_HEADING or follows in ("第", "(")
            if clauses and is_near and _is_free(norm[:start]):
                found.append((start, end, clauses))
                start = end - 1
                break
        start += 1
    return found


def _is_free(before: str) -> bool:
    """Whether a heading may begin here: it is no end of a longer name, 人民代表大会议事规则."""
    run = re.split(r"[^\u4e00-\u9fff]", before)[-1]
    return is_lead(run) or bool(kind_of(run.rstrip("的里中")))


def _resolve(
    walk: Walk, norm: str, names: Sequence[Name], places: Places, current: Clause | None
) -> tuple[tuple[Clause, ...], str]:
    if walk.steps[0].shift is not None and current is not None:
        outline = places.outline(current.doc_id)
        problem = outline.missing(walk.steps, [current])
        return tuple(outline.walk(walk.steps, [current])), _in_document(problem, outline, places)
    scope = _scope(walk, norm, names, places, current)
    if scope.problem:
        return (), scope.problem
    starts = _inner_start(walk, current, places, scope)
    found: dict[str, Clause] = {}
    for doc_id in scope.docs:
        base = starts or _base(scope, doc_id, places)
        found |= {one.clause_id: one for one in places.outline(doc_id).walk(walk.steps, base)}
    if found or not scope.docs:
        return tuple(found.values()), ""
    likely = places.outline(scope.docs[0])
    problem = likely.missing(walk.steps, starts or _base(scope, scope.docs[0], places))
    return (), _in_document(problem, likely, places)


def _base(scope: _Scope, doc_id: str, places: Places) -> list[Clause]:
    sections = [one for one in scope.sections if one.doc_id == doc_id]
    return sections or [places.outline(doc_id).root]


def _in_document(problem: str, outline: Outline, places: Places) -> str:
    title = places.titles.documents[outline.root.doc_id].title
    return problem.replace("该文件", f"《{title}》")


def _inner_start(
    walk: Walk, current: Clause | None, places: Places, scope: _Scope
) -> list[Clause]:
    """第三款 after a turn about 第五条 is that article's."""
    if current is None or scope.docs != (current.doc_id,) or walk.steps[0].unit not in "款项目":
        return []
    outline = places.outline(current.doc_id)
    article = outline.ancestor(current, (Level.ARTICLE,))
    return [article] if article else []


def _scope(
    walk: Walk, norm: str, names: Sequence[Name], places: Places, current: Clause | None
) -> _Scope:
    titles = places.titles
    before = [one for one in names if one.end <= walk.start]
    name = before[-1] if before else (names[0] if names else None)
    if name is not None and not name.docs:
        return _Scope((), problem=name.problem)
    headed = [one for one in _headings(norm, places) if one[1] <= walk.start]
    kind = "" if name or headed else generic_kind(norm, walk.start)
    if name is not None:
        docs = name.docs
    elif current is not None:
        docs = titles.versions_of(current.doc_id)
        docs = (current.doc_id, *(one for one in docs if one != current.doc_id))
    else:
        docs = titles.ordered(one for one in titles.order
                              if kind in titles.documents[one].title)  # fmt: skip
        docs = docs or tuple(titles.order)
    named, problem = of_version(norm, docs, titles)
    if current is not None and name is None and named == docs:
        named = (current.doc_id,)
    if problem and (name is not None or current is not None):
        return _Scope((), problem=problem)
    docs = named or docs
    sections = [one for one in headed[-1][2] if one.doc_id in docs] if headed else []
    if sections:
        kept = {one.doc_id for one in sections}
        docs = tuple(one for one in docs if one in kept)
    return _Scope(docs, tuple(sections))


def _heading_alone(norm: str, names: Sequence[Name], places: Places) -> Address | None:
    """A text that is a heading, with or without the document's name before it."""
    for cut in range(len(norm) - 1):
        clauses = places.headings.get(norm[cut:], [])
        before = name_key(norm[:cut]).removesuffix("的")
        if not clauses:
            continue
        docs = tuple(places.titles.order) if not before else ()
        if names:
            docs = names[0].docs
        elif len(before) >= MIN_NAME:
            docs = places.titles.like(before, is_word)
        found = tuple(one for doc in docs for one in clauses if one.doc_id == doc)
        return Address(found, norm[cut:]) if found else None
    return None


def neighbour(clause: Clause, step: int, index: Texts) -> Clause | None:
    """The clause before (-1) or after (+1), across section borders."""
    return places_of(index).outline(clause.doc_id).neighbour(clause, step)
