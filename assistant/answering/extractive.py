"""The writer that needs no model: a short answer out of exact sentences, by intent."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from assistant.answering.abstain import (
    NO_FIGURE,
    NO_SUCH_CLAUSE,
    NOT_WRITTEN,
    OTHER_PLACES,
    Refusal,
    missing_attribute,
    not_covered,
    refuse_early,
)
from assistant.answering.answer_type import prefer_asked_type
from assistant.answering.clauses_asked import (
    named_clause,
    named_section,
    target_clause,
    write_children,
    write_clause,
    write_first,
    write_preamble,
)
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
from assistant.answering.figures_asked import Figure, best_figure, figures_of, has_given, is_given
from assistant.answering.intents import asks_validity, read_intent
from assistant.answering.premise import write_premise
from assistant.answering.terms import coverage, support
from assistant.answering.understand import Query, claimed_numbers
from assistant.answering.validity import write_validity
from assistant.retrieval.store import PolicyIndex
from assistant.schema import Intent, Status
from assistant.text import find_dates, normalize

MIN_COVERED = 0.42
MIN_NAMED = 0.3
MIN_MONEY = 0.6
_MONEY = re.compile(r"补贴|补助|奖励|资助|奖金|扶持资金|贴息")
"""Money is asked for by name, so the thing it is for must be the text's own."""
_ASKS = re.compile(r"几|哪|什么|谁|叫|吗|怎么|多少|啥")
_FIRST = re.compile(r"开头|第一句|首句|总括")
_PREAMBLE = re.compile(r"前言|开头|序言|引言|导语")
SIMILAR = 0.82
MIN_TELLING = 100
"""A figure this large that stands twice is one target said twice; 2 家 and 2 家 are not."""
_COUNTED = re.compile(r"几[类种样大]|几方面|几[个项条](?=[\u4e00-\u9fff])")
LIST_SIMILAR = 0.55
MIN_LISTED = 0.85
MIN_ENUMERATED = 0.6
RARE_WEIGHT = 2.5
MAX_STATEMENTS = 4
_ENCOURAGES = re.compile(r"鼓励|支持|推动|推进|扶持|引进|培育|争取|加大|加快|探索|打造|布局|发展")


def write(query: Query, ranked: list[Ranked], index: PolicyIndex) -> Draft:
    """The draft for a question; a refusal where the corpus does not say."""
    early = refuse_early(query.norm)
    if early is not None:
        return refuse(early)
    if query.intent is Intent.VALIDITY or _is_about_document(query):
        return write_validity(query, index)
    if _names_other_place(query, index):
        return refuse(NOT_WRITTEN)
    target = target_clause(query, ranked, index)
    nearest = target or (ranked[0].sentence.clause if ranked else None)
    if query.address is not None and not query.address.clauses:
        return refuse(NO_SUCH_CLAUSE, nearest)
    text = "".join(one.sentence.text for one in ranked[:2])
    missing = None if target else missing_attribute(query.norm, text, query.intent)
    if missing is not None:
        rest = _answerable_part(query, text)
        if rest is None:
            return refuse(missing, nearest)
        partial = _write_found(rest, ranked, index)
        if partial.refusal is not None:
            return refuse(missing, nearest)
        return replace(partial, status=Status.PARTIAL, statements=_with_gap(partial.statements))
    if target is not None and query.intent is not Intent.PREMISE:
        return write_clause(query, target, index)
    if _asks_other_year(query, ranked):
        return refuse(NO_FIGURE, nearest)
    return _write_found(query, ranked, index)


def _answerable_part(query: Query, evidence: str) -> Query | None:
    """The question without the parts that ask for what is not written; None if none is left."""
    parts = [part for part in re.split(r"[,?、;。]", query.norm) if part]
    kept = [
        part
        for part in parts
        if missing_attribute(part, evidence, query.intent) is None and _ASKS.search(part)
    ]
    if len(kept) in (0, len(parts)):
        return None
    norm = ",".join(kept)
    terms = tuple(term for term in query.terms if term.word in norm)
    if not any(term.is_known and term.weight > 1.2 for term in terms):
        return None
    numbers = claimed_numbers(norm)
    intent = read_intent(norm, numbers)
    return replace(query, norm=norm, terms=terms, numbers=numbers, intent=intent)


def _with_gap(statements: tuple[Statement, ...]) -> tuple[Statement, ...]:
    """The last statement says that the rest is not written."""
    last = replace(statements[-1], tail=statements[-1].tail + "，您问的其余内容未写明")
    return (*statements[:-1], last)


def _names_other_place(query: Query, index: PolicyIndex) -> bool:
    """A place that the corpus does not name so: 张江 of 张江研发 is not 张江的补贴."""
    if any(not t.is_known and re.search(r".{2,}[区省县州]$", t.word) for t in query.terms):
        return True
    for place in OTHER_PLACES:
        end = query.norm.find(place) + len(place)
        is_named = end >= len(place)
        if is_named and not index.document_frequency(query.norm[end - 1 : end + 1]):
            return True
    return False


def _is_about_document(query: Query) -> bool:
    """Its period, or a claim without a topic: 是不是已经废止了."""
    if re.search(r"方案.{0,3}(?:期限|管到|管的|管哪|是管)", query.norm):
        return True
    words = (*query.terms, *query.context)
    has_topic = any(term.weight > 1 and not asks_validity(term.word) for term in words)
    if has_topic:
        return False
    if query.intent is Intent.PREMISE and re.search(r"20\d\d", query.norm):
        return True
    is_open = query.intent in (Intent.PREMISE, Intent.NUMBER, Intent.EXPLAIN)
    return is_open and asks_validity(query.norm)


def _write_found(query: Query, ranked: list[Ranked], index: PolicyIndex) -> Draft:
    if query.intent is Intent.PREMISE:
        return write_premise(query, ranked)
    section = named_section(query, index)
    if section is not None and _FIRST.search(query.norm):
        return write_first(section, index)
    if query.intent is not Intent.DEFINITION and _PREAMBLE.search(query.norm):
        return write_preamble(query, index)
    if section is not None and query.intent in (
        Intent.LIST,
        Intent.WORDING,
        Intent.EXPLAIN,
        Intent.NUMBER,
    ):
        return write_children(section, index)
    if query.intent is Intent.DEFINITION:
        return write_definition(query, ranked, index)
    if not ranked or not _is_covered(query, ranked[0]):
        knows = any(term.is_known for term in query.terms)
        return refuse(
            not_covered(query.norm, knows_words=knows),
            ranked[0].sentence.clause if ranked else None,
        )
    typed = prefer_asked_type(query, ranked)
    if isinstance(typed, Refusal):
        return refuse(typed, ranked[0].sentence.clause)
    ranked = typed
    if query.intent is Intent.NUMBER:
        return _write_number(query, ranked)
    if query.intent is Intent.WORDING:
        return _write_wording(query, ranked, index)
    if query.asks_location:
        return _write_location(ranked)
    return _write_sentences(query, ranked)


def _is_covered(query: Query, best: Ranked) -> bool:
    has_topic = any(term.weight > 1 for term in (*query.terms, *query.context))
    if not has_topic and (
        has_given(query, best.sentence.text)
        or any(is_given(query, figure) for figure in figures_of(best.sentence))
    ):
        return True
    if query.context and best.score - best.covered >= 0.2:
        return best.covered >= 0.3 or not any(term.weight > 1 for term in query.terms)
    if _MONEY.search(query.norm):
        return best.covered >= MIN_MONEY
    return best.covered >= (MIN_NAMED if best.is_named else MIN_COVERED)


def _asks_other_year(query: Query, ranked: list[Ranked]) -> bool:
    """Whether the question names a year that the evidence does not have."""
    years = {date.year for date in find_dates(query.norm) if date.year}
    years |= {int(y) for y in re.findall(r"(?<!\d)20\d\d(?!\d)", query.norm)}
    text = "".join(one.sentence.text + one.sentence.path for one in ranked[:6])
    return (
        bool(years)
        and query.intent is not Intent.PREMISE
        and not any(str(year) in text for year in years)
    )


def _write_number(query: Query, ranked: list[Ranked]) -> Draft:
    found = best_figure(query, ranked)
    if found is None and _lists_asked(query, ranked[0]):
        return _write_sentences(query, ranked)
    if found is None:
        return refuse(NO_FIGURE, ranked[0].sentence.clause)
    figure, one = found
    lead = f"{figure.words()}，{label(one.sentence.clause)}写明："
    statements = [quote(one.sentence, lead)]
    statements += [
        quote(other.sentence)
        for other in ranked[:4]
        if other is not one and any(_is_same(figure, same) for same in figures_of(other.sentence))
    ]
    return Draft(tuple(statements[:2]))


def _lists_asked(query: Query, best: Ranked) -> bool:
    """Whether the things to count are listed: 有几个方向 where the directions are named."""
    is_counted = _COUNTED.search(query.norm)
    return bool(is_counted) and best.covered >= MIN_LISTED and "、" in best.sentence.text


def _is_same(figure: Figure, other: Figure) -> bool:
    return (figure.value, figure.unit) == (other.value, other.unit) and figure.value >= MIN_TELLING


def _write_wording(query: Query, ranked: list[Ranked], index: PolicyIndex) -> Draft:
    """The sentence where one is asked for, else the whole clause."""
    named = named_clause(query, index)
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
    where = " > ".join(best.clause.path) or "文件开头部分"
    return Draft((quote(best, f"见{where}："),))


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
    """Whether the clause's own heading has a rare word of the question that the sentence lacks."""
    own = normalize(best.sentence.clause.heading).text
    return any(
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
