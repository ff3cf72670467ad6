"""Whether a draft answers the question: a linear model over what is left of the question when
the words that the draft bears out are taken out of it.

跟哪家三甲医院合作建的 is what no clause about 概念验证中心 says; the model learns such words from
questions with judgements, and needs to know nothing of the corpus.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.answering.abstain import NO_OFFICIAL_TEXT, OTHER_TOPIC, PLACES, reason_for
from assistant.answering.answer_type import given_spans, lacks_asked_type
from assistant.answering.draft import Draft, refuse
from assistant.answering.figures_asked import asked_unit, best_figure
from assistant.answering.figures_told import BORNE_OUT, told_spans
from assistant.answering.leftover import (
    MIN_SUPPORT,
    is_left,
    left_features,
    left_over,
    with_brief,
)
from assistant.answering.sentences import Ranked, names_of, whole_text
from assistant.answering.terms import coverage, support
from assistant.answering.understand import Query
from assistant.linear import LinearModel, probability
from assistant.schema import Evidence, Hit, Intent, Kind, Level
from assistant.text import find_dates, normalize

ANSWERS = "answers"
THRESHOLD = 0.6
"""Drafts less likely to answer are declined: the highest step of 0.05 at which folds over authors
decline no more than 17.3% of what digests answer, the share of the judge before this one; see the
model card."""

_NOW = re.compile(r"目前|当前|现在|现阶段|截至|现有|已经|去年|上年|往年|至今")
"""Plans say what shall be, not what is."""
_UNSEEN = re.compile(r"[^，。；：]*(?:未见|没有见到|被截断|未完(?!成)|未能确认)[^，。；：]*")
"""A text that tells of another says so of what it has not seen; that bears nothing out."""
_GLOSS = re.compile(r"[\u4e00-\u9fff]\([a-z]{2,}\)|[a-z]{2,}\([\u4e00-\u9fff]|是指|所称|以下简称")


@dataclass(frozen=True, slots=True)
class Case:
    """A draft and what it was made of."""

    query: Query
    hits: tuple[Hit, ...]
    ranked: tuple[Ranked, ...]
    draft: Draft


def judged(case: Case, model: LinearModel) -> Draft:
    """The draft where it answers the question, else the refusal that fits what was asked."""
    draft = case.draft
    if draft.refusal is not None or draft.is_sure or answers(case, model) >= THRESHOLD:
        return draft
    knows_words = any(term.is_known and term.weight > 1 for term in case.query.terms)
    nearest, document = draft.statements[0].evidence.clause, draft.statements[0].evidence.document
    if case.query.names_no_clause and document.kind is Kind.DIGEST:
        return refuse(NO_OFFICIAL_TEXT, nearest)
    if case.query.intent is Intent.OUT_OF_SCOPE:
        return refuse(OTHER_TOPIC)
    return refuse(reason_for(case.query.norm, knows_words=knows_words), nearest)


def answers(case: Case, model: LinearModel) -> float:
    """The probability that the draft answers the question."""
    return probability(model.scores(judge_features(case))[0])


def judge_features(case: Case) -> dict[str, float]:
    """Words and n-grams of what is left, and figures between about 0 and 1."""
    norm = case.query.norm
    drafted = [one.evidence.document for one in case.draft.statements]
    quoted = _quoted(case)
    said = " ".join([quoted, *dict.fromkeys(map(names_of, drafted))])
    around = whole_text(drafted[0]) if drafted else ""
    words = with_brief(left_over(norm, said, _told(norm, quoted)), quoted)
    figures = _figures(case, quoted, said) | _left(case.query, words, around)
    named = {f"#{name}": value for name, value in figures.items() if value}
    return left_features(words) | named


def _quoted(case: Case) -> str:
    """What the draft quotes, with its headings, less what it says not to have: 文号未见."""
    quotes = [
        " ".join([_UNSEEN.sub("", one.evidence.quote), *one.evidence.clause.path])
        for one in case.draft.statements
    ]
    return normalize(" ".join(quotes)).text


def _told(norm: str, quoted: str) -> list[tuple[int, int, str]]:
    """What is asked for and there: of an unmistakable kind, or a figure that may be another."""
    given = [(start, end, BORNE_OUT) for start, end in given_spans(norm, quoted)]
    figures = [
        (start, end, mark)
        for start, end, mark in told_spans(norm, quoted)
        if all(end <= a or b <= start for a, b, _ in given)
    ]
    return given + figures


def _left(query: Query, words: Sequence[str], around: str) -> dict[str, float]:
    """How much of the question is left, and how rare the rarest word of it is that the whole
    document, `around`, lacks, too.
    """
    weights = {term.word: term.weight for term in query.terms if term.word in words}
    strange = [
        weight for word, weight in weights.items() if support(word, around) < MIN_SUPPORT
    ]
    length = sum(len(word) for word in words if is_left(word))
    return {
        "left": length / max(1, len(query.norm)),
        "strange": max(strange, default=0.0) / 10,
    }


def _is_title(evidence: Evidence) -> bool:
    """Whether the words are those of the title block: they tell of the document itself."""
    return evidence.clause.level is Level.TITLE


def _figures(case: Case, quoted: str, said: str) -> dict[str, float]:
    """`quoted`: the quotes with their headings; `said`: the same with the documents' names."""
    query, best = case.query, case.ranked[0] if case.ranked else None
    unknown = [term for term in query.terms if not term.is_known]
    figure = best_figure(query, list(case.ranked))
    years = {date.year for date in find_dates(query.norm) if date.year}
    drafted = case.draft.statements
    clauses = [one.evidence.clause for one in drafted]
    values: dict[str, float] = {
        "covered": best.covered if best else 0.0,
        "dense": case.hits[0].dense if case.hits else 0.0,
        "lexical": math.log1p(case.hits[0].lexical) / 5 if case.hits else 0.0,
        "ahead": 1 - case.ranked[1].score if case.ranked[1:] else 0.0,
        "fit": best.fit / 5 if best else 0.0,
        "fits_ill": float(best is not None and best.fit < 0),
        "hit": case.hits[0].score if case.hits else 0.0,
        "beside": float(best is not None and best.sentence.clause not in clauses),
        "statements": len(drafted) / 4,
        "named": float(best is not None and best.is_named),
        "terms": len(query.terms) / 10,
        "unknown": len(unknown) / 5,
        "unknown_weight": sum(term.weight for term in unknown) / 5,
        "known_weight": sum(term.weight for term in query.terms if term.is_known) / 10,
        "length": math.log1p(len(query.norm)) / 5,
        "follows": float(bool(query.previous)),
        "address": float(query.address is not None and bool(query.address.clauses)),
        "title": float(any(_is_title(one.evidence) for one in drafted)),
        "unit": float(bool(asked_unit(query.norm))),
        "figure": float(figure is not None),
        "no_figure": float(figure is None and query.intent is Intent.NUMBER),
        "counted": coverage(query.terms, (figure[0].segment(), 1.0)) if figure else 0.0,
        "no_gloss": float(query.intent is Intent.DEFINITION and not _GLOSS.search(quoted)),
        "asks_now": float(bool(_NOW.search(query.norm)) and not _NOW.search(quoted)),
        "listed": min(quoted.count("、"), 10) / 10,
        "other_year": float(any(str(year) not in quoted for year in years)),
        "other_place": float(any(place in query.norm and place not in said for place in PLACES)),
        "no_type": float(lacks_asked_type(query.norm, quoted)),
        f"intent_{query.intent.value}": 1.0,
    }
    return values
