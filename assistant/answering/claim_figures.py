"""A claimed figure against the one that the text has in its place."""

from __future__ import annotations

import re

from assistant.answering.figures_asked import (
    GIVEN_BONUS,
    UNIT,
    Figure,
    figures_of,
    has_given,
    is_alike,
)
from assistant.answering.sentences import Ranked
from assistant.answering.terms import coverage
from assistant.answering.understand import Query
from assistant.text import NumberSpan

MIN_FIGURE = 0.45
MIN_ONLY = 0.2
MIN_SCORE = 0.3
"""Of the best sentence's: what another needs to be what a claim is held against."""
EQUAL_BONUS = 0.03
"""At a near tie of the words the claimed figure is the one that is meant."""
SPECIFIC_WEIGHT = 1.9


def is_year(norm: str, span: NumberSpan) -> bool:
    return norm[span.end : span.end + 1] in ("年", "到", "-") and (
        1949 <= span.value <= 2100 or 20 <= span.value <= 40
    )


def check_figures(
    query: Query, ranked: list[Ranked], claimed: list[NumberSpan]
) -> tuple[Ranked, Figure, bool] | None:
    """Each claimed figure against the figure that stands with the words around it: where, what
    stands there, and whether all are equal; None where nothing is to be compared.
    """
    false: tuple[Ranked, Figure] | None = None
    true: tuple[Ranked, Figure] | None = None
    counts = [span for span in claimed if not _is_qualifier(query.norm, span)]
    for span in counts or claimed:
        best = _counterpart(query, ranked, span)
        if best is None:
            continue
        score, one, figure = best
        least = MIN_ONLY if one is ranked[0] and _is_only(figure, one) else MIN_FIGURE
        if score < least and one is not ranked[0]:
            continue
        if score < least and figure.value != float(span.value):
            continue  # no word says that these figures count the same
        if figure.value == float(span.value):
            true = true or (one, figure)
        else:
            false = false or (one, figure)
    found = false or true
    return None if found is None else (*found, false is None)


def _counterpart(
    query: Query, ranked: list[Ranked], span: NumberSpan
) -> tuple[float, Ranked, Figure] | None:
    """The figure of like unit that fits the words around a claimed one best."""
    unit = UNIT.match(query.norm[span.end :])
    asked = unit[0] if unit else ""
    if query.norm[span.start : span.end][-1:] in "万亿" and asked in ("方", "元", ""):
        asked = query.norm[span.end - 1] + asked
    near = _near(query, span)
    pairs = [
        (_fit(query, one, figure, near), one, figure)
        for one in ranked[:8]
        if one.score >= MIN_SCORE * ranked[0].score
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


def _is_qualifier(norm: str, span: NumberSpan) -> bool:
    """Whether the figure says of which things another one is counted: 超亿元的企业15家."""
    return bool(re.match(r"亿?元?(?:以上|级)?的?(?:企业|公司|的)", norm[span.end :]))


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
    fields = ((figure.segment(), 1.0), (part, 0.75), (one.sentence.path, 0.6), (text, 0.4))
    local = [term for term in query.terms if term.word in near and term.weight >= 1]
    hard = coverage(local or query.terms, *fields)
    if any(_is_qualifier(query.norm, span) for span in query.numbers):
        hard += GIVEN_BONUS * has_given(query, part)
    if not query.context or any(term.is_known for term in local):
        return hard
    return max(hard, coverage(query.context, *fields))


def has_years(text: str, years: set[int]) -> bool:
    return all(str(year if year > 100 else 2000 + year) in text for year in years)
