"""The clause a person names: 优化营商环境条例第五条, 三（三）12, 保障措施第二部分, 下一条."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.addressing.naming import Name, find_names, generic_kind, of_version
from assistant.addressing.places import SECTIONS, Places, places_of
from assistant.addressing.steps import Walk, find_walks
from assistant.addressing.titles import Texts
from assistant.retrieval.tokenizer import word_frequency
from assistant.schema import Clause, Level
from assistant.text import normalize

MAX_HEADING = 30
MIN_HEADING = 4
"""A shorter one (总则) is a place only where an address follows it at once."""
MAX_READ = 400


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
    starts = [one.start for one in walks if one.start not in headed]
    names = find_names(norm, starts, places.titles, _is_word)
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


def _is_word(word: str) -> bool:
    return word_frequency(word) > 0


def _walks(
    norm: str, current: Clause | None, *, is_address: bool, after: tuple[int, ...]
) -> list[Walk]:
    """A relative address is none without a clause that it starts from."""
    walks = find_walks(norm, after=after, is_address=is_address)
    return [one for one in walks if current is not None or one.steps[0].shift is None]


def _headings(norm: str, places: Places) -> list[tuple[int, int, list[Clause]]]:
    """Sections named by their heading: 保障措施第二部分; the longest where several overlap."""
    found: list[tuple[int, int, list[Clause]]] = []
    start = 0
    while start < len(norm):
        longest = min(len(norm), start + MAX_HEADING)
        for end in range(longest, start + 1, -1):
            clauses = [c for c in places.headings.get(norm[start:end], ()) if c.level in SECTIONS]
            follows = norm[end : end + 1]
            if clauses and (end - start >= MIN_HEADING or follows in ("第", "(")):
                found.append((start, end, clauses))
                start = end - 1
                break
        start += 1
    return found


def _resolve(
    walk: Walk, norm: str, names: Sequence[Name], places: Places, current: Clause | None
) -> tuple[tuple[Clause, ...], str]:
    if walk.steps[0].shift is not None and current is not None:
        outline = places.outline(current.doc_id)
        clauses, problem = outline.walk(walk.steps, [current])
        return tuple(clauses), _in_document(problem, current.doc_id, places)
    scope = _scope(walk, norm, names, places, current)
    if scope.problem:
        return (), scope.problem
    starts = _inner_start(walk, current, places, scope)
    found: dict[str, Clause] = {}
    first_problem = ""
    for doc_id in scope.docs:
        outline = places.outline(doc_id)
        sections = [one for one in scope.sections if one.doc_id == doc_id]
        clauses, problem = outline.walk(walk.steps, starts or sections or [outline.root])
        found |= {one.clause_id: one for one in clauses}
        first_problem = first_problem or _in_document(problem, doc_id, places)
    return tuple(found.values()), first_problem


def _in_document(problem: str, doc_id: str, places: Places) -> str:
    title = places.titles.documents[doc_id].title
    return problem.replace("该文件", f"《{title}》") if problem else ""


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
    name = names[0] if names else None
    rest = norm[name.end :].lstrip("的,:") if name else norm
    clauses = places.headings.get(rest, [])
    docs = name.docs if name else tuple(places.titles.order)
    found = tuple(one for doc in docs for one in clauses if one.doc_id == doc)
    return Address(found, rest) if found else None


def neighbour(clause: Clause, step: int, index: Texts) -> Clause | None:
    """The clause before (-1) or after (+1), across section borders."""
    return places_of(index).outline(clause.doc_id).neighbour(clause, step)
