"""Yes or no to a claim about the text: figures by value, places by heading, words by sentence."""

from __future__ import annotations

import re
from dataclasses import replace

from assistant.answering.abstain import NO_FIGURE, not_covered
from assistant.answering.draft import Draft, Statement, label, quote, refuse
from assistant.answering.evidence import Ranked
from assistant.answering.figures_asked import Figure, figures_of, is_alike, is_given
from assistant.answering.terms import Term, coverage, support
from assistant.answering.understand import Query
from assistant.text import NumberSpan

MIN_COVERED = 0.4
MIN_NEAR = 0.25
MIN_TRUE = 0.7
MIN_FIGURE = 0.45
MIN_ONLY = 0.2
EQUAL_BONUS = 0.03
"""At a near tie of the words the claimed figure is the one that is meant."""
SPECIFIC_WEIGHT = 1.9
RARE_WEIGHT = 2.9
_UNIT = re.compile(r"亿元|万元|万方|亿|元|方|家|个|条|项|名|强|期|类|年|张|%")
_PLACE = re.compile(
    r"(?:[归放写列排划]|安排|属于|出现)?(?:到|进|在|于)(?P<part>[^,;。?]{2,20}?)"
    r"(?:[这那]?一?(?:(?<!阶)段|块|节|章|部分|大类|栏|条|项|板块|标题|小节))(?:里|下|中|之|内)?"
)
"""Something is said to stand in a part of the text: CAR-T 归在疫苗那段里."""
_OTHERS = re.compile(r"而不是.*|不是.{2,20}(?=[,，]我没)")


def write_premise(query: Query, ranked: list[Ranked]) -> Draft:
    """对 where the text says so, 不对 with what it says instead, or a refusal."""
    query = replace(query, norm=_OTHERS.sub("", query.norm))
    is_covered = ranked and (
        ranked[0].covered >= MIN_COVERED or query.context or _has_claim(query, ranked[0])
    )
    if not is_covered:
        return refuse(
            not_covered(query.norm, knows_words=any(term.is_known for term in query.terms)),
            ranked[0].sentence.clause if ranked else None,
        )
    if placed := _check_place(query, ranked):
        return placed
    claimed = [span for span in query.numbers if not _is_year(query.norm, span)]
    years = {int(span.value) for span in query.numbers if _is_year(query.norm, span)}
    if claimed:
        return _check_figures(query, ranked, claimed, years)
    return _check_words(query, ranked, years)


def _has_claim(query: Query, one: Ranked) -> bool:
    """Whether a sentence about the subject has a claimed figure: it may count something else."""
    return one.covered >= MIN_NEAR and any(is_given(query, f) for f in figures_of(one.sentence))


def _check_place(query: Query, ranked: list[Ranked]) -> Draft | None:
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
    where = " > ".join(best.sentence.clause.path) or "文件开头部分"
    lead = f"{'对，' if is_true else '不对：'}方案写在 {where}："
    return Draft((Statement(lead, best.sentence.evidence()),))


def _is_year(norm: str, span: NumberSpan) -> bool:
    return norm[span.end : span.end + 1] in ("年", "到", "-") and (
        1949 <= span.value <= 2100 or 20 <= span.value <= 40
    )


def _check_figures(
    query: Query, ranked: list[Ranked], claimed: list[NumberSpan], years: set[int]
) -> Draft:
    """Each claimed figure against the figure that stands with the words around it."""
    false: tuple[Ranked, Figure] | None = None
    true: tuple[Ranked, Figure] | None = None
    for span in claimed:
        best = _counterpart(query, ranked, span)
        if best is None:
            continue
        score, one, figure = best
        least = MIN_ONLY if one is ranked[0] and _is_only(figure, one) else MIN_FIGURE
        if score >= least and figure.value == float(span.value):
            true = true or (one, figure)
        elif score >= least:
            false = false or (one, figure)
    found = false or true
    if found is None:
        return refuse(NO_FIGURE, ranked[0].sentence.clause)
    is_true = (
        false is None
        and not _wrong_words(query, found[0], RARE_WEIGHT)
        and not (years and not _has_years(found[0].sentence.text, years))
    )
    return _verdict(found[0], is_true=is_true, figure=found[1])


def _counterpart(
    query: Query, ranked: list[Ranked], span: NumberSpan
) -> tuple[float, Ranked, Figure] | None:
    """The figure of like unit that fits the words around a claimed one best."""
    unit = _UNIT.match(query.norm[span.end :])
    asked = unit[0] if unit else ""
    if query.norm[span.start : span.end][-1:] in "万亿" and asked in ("方", "元", ""):
        asked = query.norm[span.end - 1] + asked
    near = _near(query, span)
    pairs = [
        (_fit(query, one, figure, near), one, figure)
        for one in ranked[:8]
        for figure in figures_of(one.sentence)
        if is_alike(asked, figure.unit)
    ]
    return min(
        pairs,
        key=lambda pair: (
            -round(pair[0] + EQUAL_BONUS * (pair[2].value == float(span.value)), 6),
            pair[1].sentence.start,
            pair[2].start,
        ),
        default=None,
    )


def _is_only(figure: Figure, one: Ranked) -> bool:
    """Whether no other figure of the sentence counts in like units."""
    return sum(is_alike(other.unit, figure.unit) for other in figures_of(one.sentence)) == 1


def _near(query: Query, span: NumberSpan) -> str:
    """The words of the question that a figure goes with: those after it up to the next figure
    or comma where they say anything, else those before it.
    """
    norm = query.norm
    later = [other.start for other in query.numbers if other.start > span.start]
    after = re.split(r"[,、;。]", norm[span.end : min(later, default=len(norm))])[0]
    before = re.split(r"[,、;。]", norm[: span.start])[-1]
    says = any(term.word in after and term.weight >= SPECIFIC_WEIGHT for term in query.terms)
    return after if says and later else before + after


def _fit(query: Query, one: Ranked, figure: Figure, near: str) -> float:
    text = figure.sentence.text
    part = text[figure.part[0] : figure.part[1]]
    fields = ((figure.segment(), 1.0), (part, 0.9), (one.sentence.path, 0.6), (text, 0.4))
    local = [term for term in query.terms if term.word in near and term.weight >= 1]
    local = local or list(query.terms)
    hard = coverage(local, *fields)
    if not query.context:
        return hard
    return max(hard, coverage(query.context, *fields))


def _has_years(text: str, years: set[int]) -> bool:
    return all(str(year if year > 100 else 2000 + year) in text for year in years)


def _check_words(query: Query, ranked: list[Ranked], years: set[int]) -> Draft:
    """All words in one sentence with its headings: true. Words that stand elsewhere: false."""
    best = max(
        ranked[:8], key=lambda one: (round(_together(query.terms, one), 6), -one.sentence.start)
    )
    missing = [term for term in query.terms if not _stands(term, best)]
    if years and not _has_years(best.sentence.text + best.sentence.path, years):
        return _verdict(best, is_true=False)
    together = _together(query.terms, best)
    wrong = _wrong_words(query, best, SPECIFIC_WEIGHT)
    is_strange = any(not term.is_known and term.weight > 1 for term in missing)
    if together >= MIN_TRUE and not wrong and not is_strange:
        return _verdict(best, is_true=True)
    if not wrong and is_strange:
        return refuse(not_covered(query.norm, knows_words=True), best.sentence.clause)
    return _verdict(best, is_true=False)


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


def _verdict(one: Ranked, *, is_true: bool, figure: Figure | None = None) -> Draft:
    where = label(one.sentence.clause)
    if is_true:
        return Draft((quote(one.sentence, f"对，{where}写明："),))
    lead = (
        f"不对：方案写的是{figure.words()}，{where}原文："
        if figure
        else f"不对：方案写的是，{where}："
    )
    return Draft((Statement(lead, one.sentence.evidence()),))
