"""Query to ranked sentences: hits first, then the sentences of their clauses by a learned fit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assistant.answering.fit import asked_of, fit_features
from assistant.answering.scope import PAST, Scope, on_the_day, scope_of
from assistant.answering.sentences import Ranked, Sentence, sentences_of
from assistant.answering.understand import Query, without_names
from assistant.retrieval.store import PolicyIndex
from assistant.retrieval.tokenizer import alternatives
from assistant.schema import Clause, Hit, Level
from assistant.trees import Trees

CANDIDATES = 40


def find_hits(
    query: Query, index: PolicyIndex, documents: frozenset[str] | None = None
) -> list[Hit]:
    """Hits for the question with the synonyms of its words; of some documents only, if given."""
    words = [one for term in query.terms for one in alternatives(term.word) if one != term.word]
    text = " ".join([query.search, *words])
    return index.search(text, CANDIDATES, documents)


@dataclass(frozen=True, slots=True)
class Found:
    """What a question found: `features[i]` are those of `sentences[i]`."""

    query: Query
    hits: tuple[Hit, ...]
    scope: Scope
    sentences: tuple[Sentence, ...]
    features: tuple[Mapping[str, float], ...]


def find(query: Query, hits: Sequence[Hit], index: PolicyIndex, day: date) -> Found:
    """The sentences of the hits' clauses; of the named documents' alone where some are named."""
    scope = scope_of(query, hits, index, day)
    query = on_the_day(query, scope)
    if scope.named:
        hits = find_hits(query, index, frozenset(scope.named)) or hits
        query = without_names(query, scope.spans)
    asked = asked_of(query, scope, hits, index.documents)
    found: dict[tuple[str, int], tuple[Sentence, Mapping[str, float]]] = {}
    for place, hit in enumerate(hits):
        for clause_id in hit.passage.clause_ids:
            for sentence in candidate_sentences(index.clauses[clause_id], index):
                key = clause_id, sentence.start
                if key not in found:
                    found[key] = sentence, fit_features(asked, sentence, hit, place)
    sentences, features = zip(*found.values(), strict=True) if found else ((), ())
    return Found(query, tuple(hits), scope, sentences, features)


def rank(found: Found, model: Trees) -> tuple[Ranked, ...]:
    """The sentences by how well `model` says they fit, best first, ties by place."""
    if not found.sentences:
        return ()
    fits = model.scores(model.table(found.features)).round(6)
    best = float(fits.max())
    ranked = [
        Ranked(
            sentence,
            math.exp(fit - best),
            float(fit),
            features.get("covered", 0.0),
            is_named="named" in features,
        )
        for sentence, features, fit in zip(found.sentences, found.features, fits, strict=True)
    ]
    ranked.sort(key=lambda one: (-one.fit, one.sentence.clause.doc_id, one.sentence.start))
    return tuple(_without_outdated(ranked, found))


def _without_outdated(ranked: list[Ranked], found: Found) -> list[Ranked]:
    """Without sentences of versions that are not in force on the day, where one of the version in
    force has as many of the words; all of them where the past, or that version, is asked for.
    """
    if not found.scope.current or PAST.search(found.query.norm):
        return ranked
    covered: dict[str, float] = {}
    for one in ranked:
        doc_id = one.sentence.clause.doc_id
        covered[doc_id] = max(covered.get(doc_id, 0.0), one.covered)

    def is_outdated(one: Ranked) -> bool:
        doc_id = one.sentence.clause.doc_id
        current = found.scope.current.get(doc_id, frozenset())
        if doc_id in found.scope.named and not current & set(found.scope.named):
            return False
        return any(covered.get(other, -1.0) >= one.covered for other in current)

    return [one for one in ranked if not is_outdated(one)]


def candidate_sentences(clause: Clause, index: PolicyIndex) -> tuple[Sentence, ...]:
    if clause.level in (Level.DOCUMENT, Level.TITLE):
        return ()
    return sentences_of(clause, index.documents[clause.doc_id])
