"""Yes or no to a claim about the text: rules find what the text has in its place, a linear model
over the rules' findings and what is left of the claim gives the verdict.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from assistant.answering.abstain import OTHER_TOPIC
from assistant.answering.claim_figures import (
    MIN_SCORE,
    SPECIFIC_WEIGHT,
    check_figures,
    has_years,
    is_year,
)
from assistant.answering.draft import Draft, Statement, label, quote, refuse
from assistant.answering.figures_asked import Figure
from assistant.answering.figures_told import BORNE_OUT
from assistant.answering.leftover import left_features, left_over
from assistant.answering.sentences import Ranked
from assistant.answering.terms import Term, coverage, support
from assistant.answering.understand import Query, claimed_numbers
from assistant.linear import LinearModel, probability
from assistant.schema import Clause, Kind
from assistant.text import find_numbers

MIN_TRUE = 0.7
UNSURE = {Kind.DIGEST: 0.3}
UNSURE_ELSEWHERE = 0.1
"""Closer to even than this, no verdict is given: a wrong one costs more than none. By folds, five
of six verdicts on the plan are right, and three of five on digests.
"""
FIGURE_SCALE = 3.0
"""The rules' findings are held back less than single words by the penalty of the training."""
RARE_WEIGHT = 2.9
MAX_OTHERS = 2
_PLACE = re.compile(
    r"(?:[归放写列排划]|安排|属于|出现)?(?:到|进|在|于)(?P<part>[^,;。?]{2,20}?)"
    r"(?:[这那]?一?(?:(?<!阶)段|块|节|章|部分|大类|栏|条|项|板块|标题|小节))(?:里|下|中|之|内)?"
)
"""Something is said to stand in a part of the text: CAR-T 归在疫苗那段里."""
_OTHERS = re.compile(r"而不是.*|不是.{2,20}(?=[,，]我没)")


_FRAME = re.compile(
    r"没[^,;。?]{0,3}错|没(?:问题|毛病)|(.)不\1|[对是]不(?=[?,]|$)|有没有|不知道|错吧|冇"
)
"""Words that ask for yes or no; the 不 and 没 of these deny nothing."""
_TURNS = {
    "denies": re.compile(r"[不没未无别勿非]|停|取消|解散|禁|限制|拒|反对|撤"),
    "bounds": re.compile(r"[只仅唯必须]|全部|所有|一律|强制|统统|免费|任何"),
    "completes": re.compile(r"已|早就|现在|目前|完成|建好|落成|投用"),
}
_DOUBTS = ("wrong", "strange", "number_lacks", *_TURNS)
_QUOTED = re.compile(r'"([^"]{2,40})"')


@dataclass(frozen=True, slots=True)
class Check:
    """What the text has where a claim is made, and what the rules make of it."""

    one: Ranked
    is_true: bool
    figure: Figure | None = None
    """What the text counts where the claim has a figure."""
    others: tuple[Ranked, ...] = ()
    """Sentences that have words of the claim which `one` lacks."""
    is_placed: bool = False
    """Whether the claim is about where something stands."""


def write_premise(query: Query, ranked: list[Ranked], model: LinearModel) -> Draft:
    """对 where the text says so, 不对 with what it says instead, and where that is too close to
    call only what it says; always a draft, to be judged.
    """
    check = check_claim(query, ranked)
    if check is None:
        return refuse(OTHER_TOPIC)
    likely = probability(model.scores(claim_features(query, check))[0])
    is_true = likely >= 0.5
    is_equal = _is_equal(query, check)
    unsure = UNSURE.get(check.one.sentence.document.kind, UNSURE_ELSEWHERE)
    if abs(likely - 0.5) < unsure or (is_true and is_equal is False):
        sentence = check.one.sentence
        return Draft((quote(sentence, f"请对照原文，{label(sentence.clause)}写明："),))
    if is_equal:
        check = replace(check, figure=None)  # 不对：写的是 90, of 90, would be at odds with itself
    return _verdict(check, is_true=is_true)


def _is_equal(query: Query, check: Check) -> bool | None:
    """Whether the figure found is one that is claimed; None where none is compared."""
    if check.figure is None or check.is_placed:
        return None
    return check.figure.value in {float(span.value) for span in query.numbers}


def check_claim(query: Query, ranked: list[Ranked]) -> Check | None:
    """The rules' finding; None where there is no sentence at all."""
    norm = _OTHERS.sub("", query.norm)
    if norm != query.norm:
        query = replace(query, norm=norm, numbers=claimed_numbers(norm))
    if not ranked:
        return None
    if query.address is not None and query.address.clauses:
        return _check_address(query, ranked, query.address.clauses[0])
    if placed := _check_place(query, ranked):
        return placed
    return _check(query, ranked)


def claim_features(query: Query, check: Check) -> dict[str, float]:
    """For the verdict: what is left of the claim, and the rules' finding."""
    sentence = check.one.sentence
    words = left_over(query.norm, sentence.text + sentence.path)
    wrong = _wrong_words(query, check.one, SPECIFIC_WEIGHT)
    strange = [t for t in query.terms if not t.is_known and not _stands(t, check.one)]
    given = {float(span.value) for span in query.numbers}
    equal = check.figure is not None and check.figure.value in given
    figures: dict[str, float] = {
        "rules_true": float(check.is_true),
        "rules_false": float(not check.is_true),
        "placed_true": float(check.is_placed and check.is_true),
        "placed_false": float(check.is_placed and not check.is_true),
        "figure_equal": float(equal),
        "figure_other": float(check.figure is not None and not equal),
        "together": _together(query.terms, check.one),
        "wrong": min(sum(term.weight for term in wrong) / 5, 1.5),
        "strange": min(sum(term.weight for term in strange) / 5, 1.5),
        "left": sum(len(word) for word in words if word != BORNE_OUT) / max(1, len(query.norm)),
        "follows": float(bool(query.previous)),
        **_numbers(query, sentence.text + sentence.path),
        "out_of_order": _out_of_order(query, sentence.text),
        **_turns(_FRAME.sub("", "".join(words)), sentence.text),
        **_quotes(query.norm, sentence.text + sentence.path),
    }
    figures |= _together_told(figures)
    scaled = {f"#{name}": FIGURE_SCALE * value for name, value in figures.items() if value}
    return left_features(words) | scaled


def _together_told(figures: Mapping[str, float]) -> dict[str, float]:
    """What the rules' findings say only together: nothing of a claim is missing or turned, and its
    figure is the text's; or another one is.
    """
    is_clean = not any(figures[name] for name in _DOUBTS)
    return {
        "clean": float(bool(figures["rules_true"]) and is_clean),
        "clean_equal": float(
            bool(figures["rules_true"] and figures["figure_equal"]) and is_clean
        ),
        "refuted": float(bool(figures["figure_other"] and figures["number_lacks"])),
    }


def _numbers(query: Query, text: str) -> dict[str, float]:
    """Whether each number of the claim stands in the text with any unit."""
    there = {float(span.value) for span in find_numbers(text)}
    given = [float(span.value) for span in query.numbers if not is_year(query.norm, span)]
    return {
        "numbers_stand": float(bool(given) and all(value in there for value in given)),
        "number_lacks": float(any(value not in there for value in given)),
    }


def _turns(left: str, text: str) -> dict[str, float]:
    """Whether what is left of the claim denies, bounds or completes what the text does not."""
    return {
        name: float(bool(turn.search(left)) and not turn.search(text))
        for name, turn in _TURNS.items()
    }


def _quotes(norm: str, text: str) -> dict[str, float]:
    """Whether the words that the claim has in quotation marks stand in the text as they are."""
    quoted = [words for words in _QUOTED.findall(norm) if len(words) >= 3]
    exact = [words in text for words in quoted]
    return {
        "quote_exact": float(bool(exact) and all(exact)),
        "quote_other": float(bool(exact) and not all(exact)),
    }


def _out_of_order(query: Query, text: str) -> float:
    """Share of neighbouring words of the claim that the text has the other way round."""
    words = [term.word for term in query.terms if term.word in text]
    asked = sorted(dict.fromkeys(words), key=query.norm.find)
    places = [text.find(word) for word in asked]
    return sum(a > b for a, b in pairwise(places)) / max(1, len(places) - 1)


def _check(query: Query, ranked: list[Ranked]) -> Check:
    claimed = [span for span in query.numbers if not is_year(query.norm, span)]
    years = {int(span.value) for span in query.numbers if is_year(query.norm, span)}
    if claimed and (found := check_figures(query, ranked, claimed)):
        one, figure, is_equal = found
        is_true = (
            is_equal
            and not _wrong_words(query, one, RARE_WEIGHT)
            and not (years and not has_years(one.sentence.text, years))
        )
        return Check(one, is_true, figure)
    return _check_words(query, ranked, years)


def _check_address(query: Query, ranked: list[Ranked], clause: Clause) -> Check:
    """A claim about a clause that is named by number: is it there, or does it stand elsewhere?"""
    inside = [one for one in ranked if _is_within(one, clause)]
    terms = tuple(term for term in query.terms if term.weight >= 1)
    best = max(ranked, key=lambda one: (round(_together(terms, one), 6), -one.sentence.start))
    if inside and (not terms or best in inside or _together(terms, inside[0]) >= MIN_TRUE):
        return _check(query, inside)
    return Check(best, is_true=False, is_placed=True)


def _is_within(one: Ranked, clause: Clause) -> bool:
    own = one.sentence.clause
    return own.doc_id == clause.doc_id and clause.start <= own.start < clause.end


def _check_place(query: Query, ranked: list[Ranked]) -> Check | None:
    """Whether something stands in the part that the claim names; None if it names no part."""
    asked = _PLACE.search(query.norm)
    if asked is None:
        return None
    inside = [term for term in query.terms if term.word in asked["part"]]
    things = tuple(term for term in query.terms if term not in inside and term.weight >= 1)
    if not inside or not things:
        return None
    best = max(ranked[:12], key=lambda one: (round(_together(things, one), 6), -one.sentence.start))
    if _together(things, best) < MIN_TRUE:
        return None
    is_true = all(support(term.word, best.sentence.path) >= 0.5 for term in inside)
    return Check(best, is_true, is_placed=True)


def _check_words(query: Query, ranked: list[Ranked], years: set[int]) -> Check:
    """All words in one sentence with its headings: true. Words that stand elsewhere: false."""
    near = [one for one in ranked[:8] if one.score >= MIN_SCORE * ranked[0].score]
    best = max(near, key=lambda one: (round(_together(query.terms, one), 6), -one.sentence.start))
    if years and not has_years(best.sentence.text + best.sentence.path, years):
        return Check(best, is_true=False)
    wrong = _wrong_words(query, best, SPECIFIC_WEIGHT)
    missing = [term for term in query.terms if not _stands(term, best)]
    is_strange = any(not term.is_known and term.weight > 1 for term in missing)
    is_true = _together(query.terms, best) >= MIN_TRUE and not wrong and not is_strange
    others = [
        one
        for one in ranked[:12]
        if one is not best
        and one.sentence.clause is best.sentence.clause
        and any(term.word in one.sentence.text for term in wrong)
    ]
    return Check(best, is_true, others=tuple(others[:MAX_OTHERS]))


def _together(terms: tuple[Term, ...], one: Ranked) -> float:
    return coverage(terms, (one.sentence.text, 1.0), (one.sentence.path, 1.0))


def _wrong_words(query: Query, one: Ranked, weight: float) -> list[Term]:
    """Words of the claim that the corpus has elsewhere, and not here."""
    return [
        term
        for term in query.terms
        if term.is_known and term.weight >= weight and not _stands(term, one)
    ]


def _stands(term: Term, one: Ranked) -> bool:
    return support(term.word, one.sentence.text + one.sentence.path) >= 0.5


def _verdict(check: Check, *, is_true: bool) -> Draft:
    sentence = check.one.sentence
    if check.is_placed:
        where = " > ".join(sentence.clause.path) or "文件开头部分"
        lead = f"{'对，' if is_true else '不对：'}文件写在 {where}："
        return Draft((Statement(lead, sentence.evidence()),))
    where = label(sentence.clause)
    if is_true:
        return Draft((quote(sentence, f"对，{where}写明："),))
    lead = f"不对：文件写的是，{where}："
    if check.figure is not None:
        lead = f"不对：文件写的是{check.figure.words()}，{where}原文："
    rest = [quote(one.sentence, "同条还写明：") for one in check.others]
    return Draft((Statement(lead, sentence.evidence()), *rest))
