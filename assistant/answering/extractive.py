"""The writer that needs no model: a short answer out of exact sentences, by intent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from assistant.answering.abstain import (
    NO_FIGURE,
    NO_OFFICIAL_TEXT,
    NO_SUCH_CLAUSE,
    OTHER_TOPIC,
    refuse_early,
)
from assistant.answering.answer_type import asks_no_figure, gives_asked_type, prefer_asked_type
from assistant.answering.clauses_asked import (
    named_clause,
    named_section,
    target_clause,
    write_children,
    write_clauses,
    write_first,
    write_preamble,
)
from assistant.answering.collection_asked import write_collection
from assistant.answering.definitions import write_definition
from assistant.answering.document_asked import is_on_document, write_about
from assistant.answering.draft import (
    Draft,
    Statement,
    heading_of,
    label,
    quote,
    refuse,
    whole_clause,
)
from assistant.answering.figures_asked import Figure, asked_unit, best_figure, figures_of
from assistant.answering.further import with_further
from assistant.answering.premise import write_premise
from assistant.answering.scope import MEANS_ONE, Scope
from assistant.answering.sentences import Ranked, Sentence, sentences_of
from assistant.answering.sides_asked import write_sides
from assistant.answering.terms import coverage, support
from assistant.answering.understand import Query
from assistant.linear import LinearModel
from assistant.retrieval.store import PolicyIndex
from assistant.schema import Clause, Intent, Kind
from assistant.text import find_dates, normalize

_FIRST = re.compile(r"开头|第一句|首句|总括")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_PREAMBLE = re.compile(r"前言|开头|序言|引言|导语")
MIN_TELLING = 100
"""A figure this large that stands twice is one target said twice; 2 家 and 2 家 are not."""
LIST_SIMILAR = 0.1
"""Of the best sentence's score: what a sentence of its clause needs to be one of a list."""
MIN_ENUMERATED = 0.6
RARE_WEIGHT = 2.5
_TERMS = re.compile(r"[0-9]\s*(?:万|亿)?元|%|条件|不低于|不少于|不超过")
_ENCOURAGES = re.compile(r"鼓励|支持|推动|推进|扶持|引进|培育|争取|加大|加快|探索|打造|布局|发展")


@dataclass(frozen=True, slots=True)
class Writers:
    """The learned models that a draft is written with."""

    verdict: LinearModel
    """Whether a claim is true."""
    further: LinearModel
    """Whether a further sentence is needed."""


def write(
    query: Query, ranked: list[Ranked], index: PolicyIndex, scope: Scope, models: Writers
) -> Draft:
    """The best draft there is, to be judged; a refusal where no draft could be right."""
    early = refuse_early(query.norm)
    if early is not None:
        return refuse(early)
    if query.address is None:
        collection = write_collection(query, index, scope.day)
        if collection is not None:
            return collection
    if is_on_document(query, scope):
        return write_about(query, ranked, index, scope)
    target = target_clause(query, ranked, index)
    if query.names_no_clause and not _is_digest(scope, index) and not _PREAMBLE.search(query.norm):
        nearest = target or (ranked[0].sentence.clause if ranked else None)
        return refuse(NO_SUCH_CLAUSE, nearest)
    if target is None and (sides := write_sides(query, ranked)):
        return sides
    if query.intent is Intent.PREMISE:
        return write_premise(query, ranked, models.verdict)
    if target is not None:
        inside = _sentences_within(target, query, ranked)
        if not inside:
            return write_clauses(query, target, index)
        ranked = inside
    return _write_found(query, ranked, index, scope, models.further)


def _is_digest(scope: Scope, index: PolicyIndex) -> bool:
    """Whether all that is named are digests: their clauses are not numbered as the text's are."""
    kinds = {index.documents[one].kind for one in scope.named}
    return kinds == {Kind.DIGEST}


def _sentences_within(clause: Clause, query: Query, ranked: list[Ranked]) -> list[Ranked]:
    """Where something in a named clause is asked for: its sentences that have the words of it."""
    if query.intent in (Intent.WORDING, Intent.EXPLAIN):
        return []
    asked = [term for term in query.terms if term.word not in clause.heading]
    return [
        one
        for one in ranked
        if one.sentence.clause.doc_id == clause.doc_id
        and clause.start <= one.sentence.start < clause.end
        and any(support(term.word, one.sentence.text) >= 0.8 for term in asked)
    ]


def _write_found(
    query: Query, ranked: list[Ranked], index: PolicyIndex, scope: Scope, further: LinearModel
) -> Draft:
    is_meant = bool(scope.named or MEANS_ONE.search(query.norm)) or not ranked
    main = scope.main if is_meant else ranked[0].sentence.clause.doc_id
    section = named_section(query, index, main)
    if section is not None and _FIRST.search(query.norm):
        return write_first(section, index)
    if query.intent is not Intent.DEFINITION and _PREAMBLE.search(query.norm):
        return write_preamble(index, scope.main)
    if section is not None and query.intent in (
        Intent.LIST,
        Intent.WORDING,
        Intent.EXPLAIN,
        Intent.NUMBER,
    ):
        return write_children(section, index)
    if query.intent is Intent.DEFINITION and (defined := write_definition(query, ranked, index)):
        return defined
    if not ranked or _is_strange(query):
        return refuse(NO_OFFICIAL_TEXT if query.names_no_clause else OTHER_TOPIC)
    if query.intent is Intent.NUMBER and _asks_other_year(query, ranked):
        return refuse(NO_FIGURE, ranked[0].sentence.clause)
    ranked = prefer_asked_type(query, ranked)
    if query.intent is Intent.NUMBER and (asked_unit(query.norm) or not asks_no_figure(query.norm)):
        return _write_number(query, ranked, further)
    if query.intent is Intent.WORDING:
        return _write_wording(query, ranked, index)
    if query.asks_location:
        return _write_location(ranked)
    return _write_sentences(query, ranked, further)


def _is_strange(query: Query) -> bool:
    """Whether the corpus has none of the question's words."""
    words = (*query.terms, *query.context)
    if any(term.is_known for term in words):
        return False
    return not _CHINESE.search(query.norm) or (bool(words) and not query.numbers)


def _asks_other_year(query: Query, ranked: list[Ranked]) -> bool:
    """Whether the question names years and the evidence has none of them."""
    years = {date.year for date in find_dates(query.norm) if date.year}
    text = "".join(_told_of(one.sentence) for one in ranked[:6])
    return bool(years) and not any(str(year) in text for year in years)


def _told_of(sentence: Sentence) -> str:
    """Its words, headings, and how its document is named."""
    document = sentence.document
    return f"{sentence.text}{sentence.path}{document.title}{document.doc_no or ''}"


def _write_number(query: Query, ranked: list[Ranked], further: LinearModel) -> Draft:
    found = best_figure(query, ranked)
    if found is None:
        return _write_sentences(query, ranked, further)
    figure, one = found
    lead = f"{figure.words()}，{label(one.sentence.clause)}写明："
    rest = [other for other in ranked if other is not one]
    chosen = with_further(query, [one, *rest], further)
    same = next((other for other in rest[:3] if _repeats(figure, other)), None)
    if same is not None and len(chosen) == 1:
        chosen.append(same)
    return Draft((quote(one.sentence, lead), *(quote(other.sentence) for other in chosen[1:])))


def _repeats(figure: Figure, other: Ranked) -> bool:
    """Whether a sentence has the same target once more."""
    return any(_is_same(figure, same) for same in figures_of(other.sentence))


def _is_same(figure: Figure, other: Figure) -> bool:
    return (figure.value, figure.unit) == (other.value, other.unit) and figure.value >= MIN_TELLING


def _write_wording(query: Query, ranked: list[Ranked], index: PolicyIndex) -> Draft:
    """The sentence where one is asked for, else the whole clause."""
    named = named_clause(query, index, ranked[0].sentence.clause.doc_id)
    best = ranked[0].sentence
    document = index.documents[best.clause.doc_id]
    if named is not None and not re.search(r"那句|哪句|整句|句子|一句|这句", query.norm):
        document = index.documents[named.doc_id]
        return Draft((Statement(f"{label(named)}原文：", whole_clause(named, document)),))
    if re.search(r"那句|哪句|整句|句子|一句|这句", query.norm):
        return Draft((quote(best, f"{label(best.clause)}原文："),))
    return Draft((Statement(f"{label(best.clause)}原文：", whole_clause(best.clause, document)),))


def _write_location(ranked: list[Ranked]) -> Draft:
    best = ranked[0].sentence
    if not best.clause.heading:
        return Draft((quote(best, f"见{' > '.join(best.clause.path) or '文件开头部分'}："),))
    above = " > ".join(best.clause.path[:-1])
    where = f"见{above} > " if above else "见"
    heading = Statement(where, heading_of(best.clause, best.document))
    return Draft((heading, quote(best)))


def _write_sentences(query: Query, ranked: list[Ranked], further: LinearModel) -> Draft:
    """The best sentence and what it leaves open; sentences of one clause together."""
    best = ranked[0]
    kept = with_further(query, ranked, further)
    if query.intent is Intent.LIST and not _lists_all(best, _words_held(query, best)):
        kept += [
            one
            for one in ranked
            if one not in kept
            and one.sentence.clause is best.sentence.clause
            and one.score >= LIST_SIMILAR
        ]
    kept.sort(key=lambda one: (one is not best, one.sentence.clause is not best.sentence.clause))
    tail = ""
    is_open = query.intent is Intent.SUPPORT and _ENCOURAGES.search(best.sentence.text)
    if is_open and not any(_has_terms(one.sentence) for one in kept):
        tail = "，未规定金额和条件"
    statements = [quote(best.sentence, tail=tail)]
    for before, one in pairwise(kept):
        is_same = one.sentence.clause is before.sentence.clause
        statements.append(quote(one.sentence, "同条还写明：" if is_same else ""))
    if _is_in_heading(query, best):
        clause = best.sentence.clause
        statements.insert(0, Statement("", heading_of(clause, best.sentence.document)))
    return Draft(tuple(statements))


def _has_terms(sentence: Sentence) -> bool:
    """Whether the clause of a sentence has an amount, a share or a condition."""
    whole = "".join(one.text for one in sentences_of(sentence.clause, sentence.document))
    return bool(_TERMS.search(whole)) or sentence.document.kind is Kind.DIGEST


def _lists_all(best: Ranked, held: float) -> bool:
    """Whether the best sentence is itself the list asked for."""
    return held >= MIN_ENUMERATED and best.sentence.text.count("、") >= 2


def _is_in_heading(query: Query, best: Ranked) -> bool:
    """Whether the clause's own heading has what is asked, or a rare word of the question, and the
    sentence has not.
    """
    own = normalize(best.sentence.clause.heading).text
    return gives_asked_type(query.norm, own, best.sentence.text) or any(
        term.weight > RARE_WEIGHT
        and support(term.word, own) >= 0.5 > support(term.word, best.sentence.text)
        for term in query.terms
    )


def _words_held(query: Query, one: Ranked) -> float:
    terms = query.terms or query.context
    return coverage(terms, (one.sentence.text, 1.0), (one.sentence.path, 0.6))
