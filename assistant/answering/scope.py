"""Which documents a question is about: those it names, and the one that 方案 or 文件 means."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from assistant.addressing.naming import find_names
from assistant.addressing.places import places_of
from assistant.answering.abstain import PLACES
from assistant.answering.address import is_word
from assistant.answering.intents import asks_validity
from assistant.answering.understand import Query
from assistant.corpus.force import Force, chain_of, newer_versions, standing_on
from assistant.retrieval.store import PolicyIndex
from assistant.schema import Document, Hit, Kind, Tier

TEXT_BONUS = 0.4
"""A text itself, next to a digest of another, as what 方案 or 文件 means."""
MIN_TOPIC = 2.0
"""A known word that weighs more says what the question is about."""
MAX_DOCUMENT_HITS = 5
_KINDS = re.compile(
    r"行动方案|实施方案|方案|条例|办法|细则|若干政策|若干措施|指南|通知|规定|标准|意见"
)
MEANS_ONE = re.compile(
    r"[这那该本此](?:份|个|项|部)?(?:政策|办法|条例)|文件|稿|方案|前言|开头|序言|全文"
)
PAST = re.compile(
    r"(?:19|20)\d\d|以前|过去|当时|当年|原来|旧|老政策|失效|废止|过期|曾经|历史|上一轮"
)
_ELSEWHERE = "其他区"
_CURRENT = (Force.IN_FORCE, Force.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Scope:
    """`named` in the order of the question, of versions that have one name the current one first;
    `main` is what is meant where none is named.
    """

    named: tuple[str, ...]
    main: str
    day: date
    force: Mapping[str, Force] = field(default_factory=dict)
    """What each document found is on the day; empty for a corpus of one."""
    elsewhere: frozenset[str] = frozenset()
    """Documents on other districts, where the question names no place."""
    spans: tuple[tuple[int, int], ...] = ()
    """Where the question names documents: these words are no content."""
    current: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Of documents found that are not in force on the day, the versions that are."""


def scope_of(query: Query, hits: Sequence[Hit], index: PolicyIndex, day: date) -> Scope:
    """`hits` are those of the question, best first."""
    norm = query.norm
    if len(index.documents) == 1:
        return Scope((), next(iter(index.documents)), day)
    names = find_names(norm, [], places_of(index).titles, is_word)
    known = {doc for name in names for doc in name.docs}
    if not known:
        known.add(_meant(query, hits, index))
    addressed = query.address.clauses if query.address else ()
    found = {*known, *(one.doc_id for one in addressed), *(hit.passage.doc_id for hit in hits)}
    newer = newer_versions(index.documents)
    force = {
        one: standing_on(index.documents[one], newer.get(one, ()), day).force
        for one in sorted(found)
    }
    current = _current_versions(force, index)
    named = tuple(dict.fromkeys(doc for one in names for doc in current_first(one.docs, current)))
    main = named[0] if named else min(known)
    is_placed = any(place in norm for place in PLACES)
    elsewhere = frozenset(
        one
        for one in found
        if _ELSEWHERE in (index.documents[one].region or "")
        and one not in named
        and not is_placed
    )
    spans = tuple((one.start, one.end) for one in names if one.docs)
    return Scope(named, main, day, force, elsewhere, spans, current)


def _current_versions(
    force: Mapping[str, Force], index: PolicyIndex
) -> dict[str, frozenset[str]]:
    """By each document found that is not in force on the day: its versions found that are."""
    current = {one for one, state in force.items() if state in _CURRENT}
    chains = {
        one: frozenset(other.doc_id for other in chain_of(index.documents[one], index.documents))
        for one in force.keys() - current
    }
    return {one: chain & current for one, chain in chains.items() if chain & current}


def current_first(
    docs: Sequence[str], current: Mapping[str, frozenset[str]]
) -> tuple[str, ...]:
    """The version in force on the day before the one that comes first; else as they come."""
    if not docs or docs[0] not in current:
        return tuple(docs)
    found = [one for one in docs if one in current[docs[0]]]
    return tuple(dict.fromkeys([*found[:1], *docs]))


def on_the_day(query: Query, scope: Scope) -> Query:
    """The query with the clauses that its address fits in that order, too."""
    if query.address is None or len(query.address.clauses) < 2:
        return query
    clauses = query.address.clauses
    first = current_first([one.doc_id for one in clauses], scope.current)[0]
    ordered = tuple(sorted(clauses, key=lambda one: one.doc_id != first))
    return replace(query, address=replace(query.address, clauses=ordered))


def _meant(query: Query, hits: Sequence[Hit], index: PolicyIndex) -> str:
    """The document that answers best among those of the kind that the question speaks of.

    A text itself goes before a digest of another unless that fits better by far; always where
    the question has no topic: 这份方案正式印发了吗.
    """
    kind = _KINDS.search(query.norm)
    has_topic = any(
        term.is_known and term.weight > MIN_TOPIC and not MEANS_ONE.search(term.word)
        for term in query.terms
        if not asks_validity(term.word)
    )
    score: dict[str, float] = {}
    for hit in hits[: MAX_DOCUMENT_HITS * 4]:
        doc_id = hit.passage.doc_id
        score[doc_id] = max(score.get(doc_id, 0.0), hit.score)

    def fits(document: Document) -> tuple[bool, bool, float, bool, str]:
        is_of_kind = kind is not None and kind[0] in document.title
        is_text = document.kind is not Kind.DIGEST
        return (
            not is_of_kind,
            not is_text and not has_topic,
            -round(score.get(document.doc_id, 0.0) + TEXT_BONUS * is_text, 6),
            document.tier is not Tier.DISTRICT,
            document.doc_id,
        )

    return min(index.documents.values(), key=fits).doc_id
