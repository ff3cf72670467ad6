"""How well a sentence fits a question: named figures, weighed by boosted trees.

The figures look at the words of a question and where a sentence has them (itself, its heading,
its path, its clause), at numbers, years and places, at what the search found, and at what kind of
document and section a sentence stands in. None of them names a thing of the corpus.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant.answering.answer_type import has_asked_type, lacks_asked_type
from assistant.answering.figures_asked import (
    Figure,
    asked_unit,
    figures_of,
    is_alike,
    is_given,
)
from assistant.answering.intents import asks_validity, tiers_asked
from assistant.answering.scope import MEANS_ONE, PAST, Scope
from assistant.answering.sentences import Sentence, sentences_of
from assistant.answering.support import bound_of
from assistant.answering.terms import Term, support
from assistant.answering.understand import Query, blanked
from assistant.corpus.force import Force
from assistant.retrieval.embedder import load_embedder
from assistant.schema import Clause, Document, Hit, Intent, Kind, Tier
from assistant.settings import SHIPPED_EMBEDDER
from assistant.text import find_dates, find_numbers, normalize

FIRST_HITS = 12
"""Whose documents are weighed: which one is spoken of most among the best."""
_YEAR = re.compile(r"(?:19|20)\d\d")
_OWN_FORCE = re.compile(r"有效期|失效|废止|施行|替代|取代|接替|印发|发布|公布|文号|到期")
_UNKNOWN = re.compile(r"未见|不明|未知|未能|存疑|截断|须核对")
_COMPARES = re.compile(r"对照|比较|差异|冲突|变化|不同|提高到|改为|分别")
_ASKS_COMPARED = re.compile(
    r"对比|相比|比较|比一?下|差[多在了]|区别|不同|变化|变了|涨|新旧|两[版轮]|冲突|哪个[高多]"
)
_SECTION = {
    "basics": re.compile("基本情况|概况"),
    "unknown": re.compile("未知|未见"),
    "compared": re.compile("比较|对照|冲突|历史|变化|差异|区别|提醒"),
    "conditions": re.compile("条件|门槛|要求|标准|范围"),
    "supports": re.compile("支持|奖励|资助|补贴|扶持|优惠"),
    "process": re.compile("申报|程序|流程|受理|时间"),
}
_TOLD = frozenset((Force.IN_FORCE, Force.NOT_YET, Force.EXPIRED, Force.SUPERSEDED, Force.REPEALED))
_MONEY = frozenset(("元", "万元", "亿元", "万", "亿"))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is read of a question once, for all its sentences."""

    query: Query
    scope: Scope
    unit: str
    pairs: frozenset[str]
    """Of characters, where no document is named."""
    years: frozenset[str]
    given: frozenset[float]
    tiers: frozenset[Tier]
    best_hit: float
    titles: Mapping[str, float]
    """By document, how far its title and short names stand in the question, of the best 1."""
    document_hits: Mapping[str, float]
    """By document, its share of the scores of the first hits."""
    vector: NDArray[np.float32]
    """Of the question, by the shipped embedder."""


def asked_of(
    query: Query, scope: Scope, hits: Sequence[Hit], documents: Mapping[str, Document]
) -> Asked:
    found = {hit.passage.doc_id for hit in hits}
    first = hits[:FIRST_HITS]
    total = sum(hit.score for hit in first) or 1.0
    document_hits: dict[str, float] = defaultdict(float)
    for hit in first:
        document_hits[hit.passage.doc_id] += hit.score / total
    norm = blanked(query.norm, scope.spans)
    pairs = frozenset(norm[i : i + 2] for i in range(len(norm) - 1))
    return Asked(
        query,
        scope,
        asked_unit(query.norm),
        frozenset(pair for pair in pairs if " " not in pair),
        frozenset(_YEAR.findall(query.norm)),
        frozenset(float(s.value) for s in query.numbers if not 1949 <= s.value <= 2100),
        tiers_asked(query.norm),
        max((hit.score for hit in hits), default=0.0),
        _titles_in(query.norm, found, documents),
        document_hits,
        load_embedder(SHIPPED_EMBEDDER).encode_queries([query.norm])[0],
    )


def _titles_in(
    norm: str, found: Collection[str], documents: Mapping[str, Document]
) -> dict[str, float]:
    """Pairs of the question that stand in a document's names, of those found the rare ones more."""
    names = {one: _pairs_of_names(documents[one]) for one in sorted(found)}
    own = {norm[i : i + 2] for i in range(len(norm) - 1)}
    weights = {
        pair: math.log(1 + len(names) / (1 + sum(pair in one for one in names.values())))
        for pair in sorted(own)
    }
    scores = {
        one: sum(weight for pair, weight in weights.items() if pair in pairs)
        for one, pairs in names.items()
    }
    best = max(scores.values(), default=0.0) or 1.0
    return {one: score / best for one, score in scores.items()}


@lru_cache(maxsize=4096)
def _pairs_of_names(document: Document) -> frozenset[str]:
    """The pairs of characters of a document's title, short names and number."""
    names = [document.title, *document.short_titles, document.doc_no or ""]
    norms = [normalize(name).text for name in names]
    return frozenset(norm[i : i + 2] for norm in norms for i in range(len(norm) - 1))


def fit_features(asked: Asked, sentence: Sentence, hit: Hit, place: int) -> dict[str, float]:
    """Figures of about 0 to 1, zeros left out; `place` is the hit's among the hits, from 0."""
    query = asked.query
    values = _words(asked, sentence) | _kinds(asked, sentence) | _numbers(asked, sentence)
    values["hit"] = hit.score
    values["hit_share"] = hit.score / asked.best_hit if asked.best_hit else 0.0
    values["hit_rank"] = 1 / (1 + place)
    values["hit_dense"] = hit.dense
    values["hit_lexical"] = math.log1p(hit.lexical) / 5
    doc_id = sentence.clause.doc_id
    values["title"] = asked.titles.get(doc_id, 0.0)
    values["doc_hits"] = asked.document_hits.get(doc_id, 0.0)
    values |= {
        f"dense_{name}": float(vector @ asked.vector)
        for name, vector in zip(("own", "headed"), _vectors(sentence), strict=True)
    }
    values["doc_main"] = float(doc_id == asked.scope.main)
    values["elsewhere"] = float(doc_id in asked.scope.elsewhere)
    force = asked.scope.force.get(doc_id)
    if force in _TOLD:
        past = "past" if PAST.search(query.norm) else "now"
        values[f"force_{force.value}*{past}"] = 1.0
    crossed = {
        f"{name}*{query.intent.value}": values[name]
        for name in _CROSSED
        if query.intent in _CROSSED_INTENTS and values.get(name)
    }
    return {name: value for name, value in (values | crossed).items() if value}


_CROSSED = ("own", "heading", "asked_figure", "sec_basics", "force_words", "listed", "long")
_CROSSED_INTENTS = frozenset(
    {Intent.NUMBER, Intent.VALIDITY, Intent.PREMISE, Intent.WHO_WHERE, Intent.LIST,
     Intent.DEFINITION, Intent.SUPPORT}
)


@lru_cache(maxsize=16384)
def _vectors(sentence: Sentence) -> NDArray[np.float32]:
    """Of the sentence alone and with its heading."""
    headed = f"{_heading(sentence.clause)} {sentence.text}"
    return load_embedder(SHIPPED_EMBEDDER).encode_passages([sentence.text, headed])


def _words(asked: Asked, sentence: Sentence) -> dict[str, float]:
    """Where the words of the question stand."""
    clause = sentence.clause
    heading, whole = _heading(clause), _whole(sentence)
    terms = asked.query.terms
    own = _shares(terms, sentence.text)
    head = _shares(terms, heading)
    path = _shares(terms, sentence.path)
    around = _shares(terms, whole)
    total = sum(term.weight for term in terms) or 1.0

    def share(values: Sequence[float]) -> float:
        return sum(t.weight * v for t, v in zip(terms, values, strict=True)) / total

    either = [max(a, b) for a, b in zip(own, head, strict=True)]
    every = [max(a, 0.85 * b, 0.6 * c) for a, b, c in zip(own, path, around, strict=True)]
    rarest = max(range(len(terms)), key=lambda i: terms[i].weight, default=None)
    lead = normalize(clause.heading.removeprefix(clause.number)).text
    pairs = asked.pairs
    held = sum(pair in sentence.text or pair in heading for pair in pairs)
    context = asked.query.context
    context_total = sum(term.weight for term in context) or 1.0
    in_context = [max(a, 0.85 * b) for a, b in zip(
        _shares(context, sentence.text), _shares(context, sentence.path), strict=True)]
    return {
        "own": share(own),
        "heading": share(head),
        "path": share(path),
        "clause": share(around),
        "own_or_heading": share(either),
        "covered": share(every),
        "all": float(bool(terms) and min(every) >= 0.6),
        "rarest": either[rarest] if rarest is not None else 0.0,
        "heading_full": _heading_share(lead, asked.query.norm),
        "named": float(len(lead) >= 3 and lead in asked.query.norm),
        "pairs": held / len(pairs) if pairs else 0.0,
        "context": sum(t.weight * v for t, v in zip(context, in_context, strict=True))
        / context_total,
    }


def _heading_share(lead: str, norm: str) -> float:
    """How much of a heading stands in the question, by pairs of characters."""
    pairs = [lead[i : i + 2] for i in range(len(lead) - 1)]
    return sum(pair in norm for pair in pairs) / len(pairs) if pairs else 0.0


def _shares(terms: Sequence[Term], text: str) -> list[float]:
    return [support(term.word, text) for term in terms]


def _numbers(asked: Asked, sentence: Sentence) -> dict[str, float]:
    query = asked.query
    text = sentence.text
    values = {float(span.value) for span in find_numbers(text)}
    figures = figures_of(sentence)
    fits = [f for f in figures if is_alike(asked.unit, f.unit) and not is_given(query, f)]
    around = text + sentence.path
    return {
        "given": len(asked.given & values) / len(asked.given) if asked.given else 0.0,
        **_ranges(query, figures),
        "given_missing": float(bool(asked.given) and not asked.given & values),
        "asked_figure": float(bool(fits)) if query.intent is Intent.NUMBER or asked.unit else 0.0,
        "unit": float(any(f.unit == asked.unit for f in fits)) if asked.unit else 0.0,
        "no_figure": float(not figures and query.intent is Intent.NUMBER),
        "figures": min(len(figures), 5) / 5,
        "year": float(bool(asked.years) and any(one in around for one in asked.years)),
        "other_year": float(bool(asked.years) and not any(one in around for one in asked.years)),
        "dated": float(bool(find_dates(text))),
        "no_type": float(lacks_asked_type(query.norm, text)),
        "has_type": float(has_asked_type(query.norm, text)),
    }


def _ranges(query: Query, figures: Sequence[Figure]) -> dict[str, float]:
    """Whether an amount of the question lies within the bounds of the sentence, or outside:
    8000万 within 超过5000万元、不超过20000万元.
    """
    given = [float(s.value) for s in query.numbers if query.norm[s.start : s.end][-1] in "万亿"]
    amounts = [one for one in figures if one.unit in _MONEY]
    bounds = [
        (one.value, bound)
        for one in amounts
        if (bound := bound_of(one.sentence.text, one.start, one.end))
    ]
    if not given or not bounds:
        return {}
    inside = all(
        value < one if bound == "lower" else one <= value
        for one in given
        for value, bound in bounds
    )
    return {"in_range": float(inside), "out_of_range": float(not inside)}


def _kinds(asked: Asked, sentence: Sentence) -> dict[str, float]:
    """What kind of document, section and sentence it is."""
    norm, document = asked.query.norm, sentence.document
    sections = _sections(sentence.path)
    compared = bool(_ASKS_COMPARED.search(norm))
    text = sentence.text
    asks_force = asks_validity(norm)
    values = {f"sec_{name}": 1.0 for name in sections}
    values |= {
        "tier": float(document.tier in asked.tiers),
        "other_tier": float(bool(asked.tiers) and document.tier not in asked.tiers),
        "main*meant": float(
            document.doc_id == asked.scope.main and bool(MEANS_ONE.search(norm))
        ),
        "text*meant": float(
            document.kind is not Kind.DIGEST and bool(MEANS_ONE.search(norm))
        ),
        "compares": float(bool(_COMPARES.search(text))) * compared,
        "sec_compared*asked": float("compared" in sections and compared),
        "compares*not": float(bool(_COMPARES.search(text)) and not compared),
        "sec_compared*not": float("compared" in sections and not compared),
        "force_words": float(bool(_OWN_FORCE.search(text))),
        "force*asked": float(bool(_OWN_FORCE.search(text)) and asks_force),
        "basics*force": float("basics" in sections and asks_force),
        "says_unknown": float(bool(_UNKNOWN.search(text))),
        "long": min(len(text), 200) / 200,
        "short": float(len(text) < 12),
        "listed": min(text.count("、"), 8) / 8,
    }
    return values


@lru_cache(maxsize=4096)
def _sections(path: str) -> frozenset[str]:
    return frozenset(name for name, words in _SECTION.items() if words.search(path))


def _heading(clause: Clause) -> str:
    return normalize(clause.heading).text


def _whole(sentence: Sentence) -> str:
    return "".join(one.text for one in sentences_of(sentence.clause, sentence.document))
