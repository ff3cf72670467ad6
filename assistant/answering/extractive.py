"""The writer that needs no model: a short answer out of exact sentences, by intent."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from assistant.answering.abstain import (
    NO_FIGURE,
    NO_SUCH_CLAUSE,
    OTHER_TOPIC,
    refuse_early,
)
from assistant.answering.answer_type import gives_asked_type, prefer_asked_type
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
from assistant.answering.draft import (
    Draft,
    Statement,
    heading_of,
    label,
    quote,
    refuse,
    whole_clause,
)
from assistant.answering.evidence import Ranked
from assistant.answering.figures_asked import Figure, best_figure, figures_of
from assistant.answering.force_asked import write_force
from assistant.answering.intents import asks_validity
from assistant.answering.linear import LinearModel
from assistant.answering.premise import write_premise
from assistant.answering.scope import Scope
from assistant.answering.terms import Term, coverage, support
from assistant.answering.understand import Query
from assistant.answering.validity import write_validity
from assistant.retrieval.store import PolicyIndex
from assistant.schema import Clause, Intent, Kind
from assistant.text import find_dates, normalize

_FIRST = re.compile(r"开头|第一句|首句|总括")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_ABOUT_DOCUMENT = re.compile(
    r"(?:方案|文件|稿子?)[^,;。?]{0,6}(?:期限|管到|管哪|是管|全称|全名|标题|名称)|封面|标题下|标题里"
)
_DOCUMENT = re.compile(r"方案|文件|稿")
_PREAMBLE = re.compile(r"前言|开头|序言|引言|导语")
SIMILAR = 0.82
MIN_TELLING = 100
"""A figure this large that stands twice is one target said twice; 2 家 and 2 家 are not."""
LIST_SIMILAR = 0.55
_SEVERAL = re.compile(
    r"各|分别|多少.+(?:多少|几)|几个数|(?:门槛|比例|上限|封顶)[^,;。?]{0,6}[、和与跟及,]"
)
"""Several figures are asked for at once."""
MIN_ENUMERATED = 0.6
RARE_WEIGHT = 2.5
SPECIAL_WEIGHT = 3.0
MAX_STATEMENTS = 4
_ENCOURAGES = re.compile(r"鼓励|支持|推动|推进|扶持|引进|培育|争取|加大|加快|探索|打造|布局|发展")


def write(
    query: Query, ranked: list[Ranked], index: PolicyIndex, scope: Scope, verdict: LinearModel
) -> Draft:
    """The best draft there is, to be judged; a refusal where no draft could be right.

    `verdict` says whether a claim is true.
    """
    early = refuse_early(query.norm)
    if early is not None:
        return refuse(early)
    if query.address is None:
        collection = write_collection(query.norm, index, scope.day)
        if collection is not None:
            return collection
    is_named = bool(scope.named) and asks_validity(query.norm)
    if query.intent is Intent.VALIDITY or _is_about_document(query) or is_named:
        return _write_about(query, index, scope)
    target = target_clause(query, ranked, index)
    if query.address is not None and not query.address.clauses:
        nearest = target or (ranked[0].sentence.clause if ranked else None)
        return refuse(NO_SUCH_CLAUSE, nearest)
    if query.intent is Intent.PREMISE:
        return write_premise(query, ranked, verdict)
    if target is not None:
        inside = _sentences_within(target, query, ranked)
        if not inside:
            return write_clauses(query, target, index)
        ranked = inside
    return _write_found(query, ranked, index, scope.main)


def _write_about(query: Query, index: PolicyIndex, scope: Scope) -> Draft:
    """On the document itself: a draft by its title, any other by its own words and the day."""
    document = index.documents[scope.main]
    if document.kind is not Kind.DRAFT:
        told = write_force(query, index, document, scope.day)
        if told is not None:
            return replace(told, is_sure=not _has_topic(query))
    draft = write_validity(query, index, scope.main)
    return replace(draft, is_sure=not _has_topic(query))


def _sentences_within(clause: Clause, query: Query, ranked: list[Ranked]) -> list[Ranked]:
    """Where something in a named clause is asked for: its sentences that have the words of it."""
    if query.intent in (Intent.WORDING, Intent.EXPLAIN):
        return []
    asked = [term for term in query.terms if term.word not in clause.heading]
    return [
        one
        for one in ranked
        if clause.start <= one.sentence.start < clause.end
        and any(support(term.word, one.sentence.text) >= 0.8 for term in asked)
    ]


def _is_about_document(query: Query) -> bool:
    """Its name or period, or its force without a topic: 是不是已经废止了."""
    words = _topic_words(query)
    is_special = any(t.is_known and t.weight > SPECIAL_WEIGHT for t in words)
    if _ABOUT_DOCUMENT.search(query.norm) and not is_special:
        return True
    if any(t.is_known and t.weight > 1 and not asks_validity(t.word) for t in words):
        return False
    if query.intent is Intent.PREMISE and re.search(r"20\d\d", query.norm):
        return True
    return query.intent in (Intent.PREMISE, Intent.NUMBER) and asks_validity(query.norm)


def _has_topic(query: Query) -> bool:
    """Whether anything but the document itself is named."""
    return any(t.weight > 1 and not asks_validity(t.word) for t in _topic_words(query))


def _topic_words(query: Query) -> list[Term]:
    """Words for what is asked about; earlier turns count where the document itself is not named."""
    context = () if _DOCUMENT.search(query.norm) else query.context
    return [term for term in (*query.terms, *context) if not _DOCUMENT.search(term.word)]


def _write_found(query: Query, ranked: list[Ranked], index: PolicyIndex, main: str) -> Draft:
    section = named_section(query, index, main)
    if section is not None and _FIRST.search(query.norm):
        return write_first(section, index)
    if query.intent is not Intent.DEFINITION and _PREAMBLE.search(query.norm):
        return write_preamble(index, main)
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
        return refuse(OTHER_TOPIC)
    if query.intent is Intent.NUMBER and _asks_other_year(query, ranked):
        return refuse(NO_FIGURE, ranked[0].sentence.clause)
    ranked = prefer_asked_type(query, ranked)
    if query.intent is Intent.NUMBER:
        return _write_number(query, ranked)
    if query.intent is Intent.WORDING:
        return _write_wording(query, ranked, index)
    if query.asks_location:
        return _write_location(ranked)
    return _write_sentences(query, ranked)


def _is_strange(query: Query) -> bool:
    """Whether the corpus has none of the question's words."""
    words = (*query.terms, *query.context)
    if any(term.is_known for term in words):
        return False
    return not _CHINESE.search(query.norm) or (bool(words) and not query.numbers)


def _asks_other_year(query: Query, ranked: list[Ranked]) -> bool:
    """Whether the question names years and the evidence has none of them."""
    years = {date.year for date in find_dates(query.norm) if date.year}
    text = "".join(one.sentence.text + one.sentence.path for one in ranked[:6])
    return bool(years) and not any(str(year) in text for year in years)


def _write_number(query: Query, ranked: list[Ranked]) -> Draft:
    found = best_figure(query, ranked)
    if found is None:
        return _write_sentences(query, ranked)
    figure, one = found
    lead = f"{figure.words()}，{label(one.sentence.clause)}写明："
    statements = [quote(one.sentence, lead)]
    statements += [
        quote(other.sentence)
        for other in ranked[:4]
        if other is not one and any(_is_same(figure, same) for same in figures_of(other.sentence))
    ]
    statements = statements[:2]
    if _SEVERAL.search(query.norm):
        told = {statement.evidence.start for statement in statements}
        statements += [
            quote(other.sentence)
            for other in ranked[:8]
            if other.sentence.start not in told
            and other.sentence.document is one.sentence.document
            and other.score >= LIST_SIMILAR * one.score
            and figures_of(other.sentence)
        ]
    return Draft(tuple(statements[:MAX_STATEMENTS]))


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


def _write_sentences(query: Query, ranked: list[Ranked]) -> Draft:
    """The best sentence and those that fit nearly as well; sentences of one clause in order."""
    best = ranked[0]
    kept = [one for one in ranked if one.score >= SIMILAR * best.score][:MAX_STATEMENTS]
    own = _words_held(query, best)
    is_spread = query.intent is Intent.LIST and not _lists_all(best, own)
    if is_spread:
        kept += [
            one
            for one in ranked
            if one not in kept
            and one.sentence.clause is best.sentence.clause
            and one.score >= LIST_SIMILAR * best.score
        ]
    kept = [
        one
        for one in kept
        if one is best
        or (is_spread and one.sentence.clause is best.sentence.clause)
        or _words_held(query, one) >= 0.75 * own
        or _adds(query, best, one)
    ]
    kept.sort(key=lambda one: (one is not best, one.sentence.clause is not best.sentence.clause))
    tail = ""
    if query.intent is Intent.SUPPORT and _ENCOURAGES.search(best.sentence.text):
        tail = "，未规定金额和条件"
    statements = [quote(best.sentence, tail=tail)]
    for before, one in pairwise(kept):
        is_same = one.sentence.clause is before.sentence.clause
        statements.append(quote(one.sentence, "同条还写明：" if is_same else ""))
    if _is_in_heading(query, best):
        clause = best.sentence.clause
        statements.insert(0, Statement("", heading_of(clause, best.sentence.document)))
    return Draft(tuple(statements))


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


def _adds(query: Query, best: Ranked, one: Ranked) -> bool:
    """Whether the sentence has a rare word of the question that the best one lacks."""
    return any(
        term.weight > 2 and term.word in one.sentence.text and term.word not in best.sentence.text
        for term in query.terms
    )
