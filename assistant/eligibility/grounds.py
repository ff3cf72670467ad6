"""Whether the corpus bears the rules out: each clause is there, each quote stands in it to the
letter, each figure and day stands in its quote.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from difflib import get_close_matches

from rapidfuzz import fuzz

from assistant.eligibility.loading import Rules
from assistant.eligibility.reading_tree import Claim, Figure
from assistant.eligibility.yaml_files import Problem
from assistant.schema import Clause, Document
from assistant.text import DateSpan, find_dates, find_numbers, read_number

_SCALES = {"万元": Decimal(10_000), "亿元": Decimal(100_000_000)}
_RANK = re.compile(r"前([一二三四五六七八九十]+)")
_YEARS = re.compile(r"(?<!\d)(\d{4})\s*年?\s*[-—–~～至到]\s*(\d{4})\s*年")
_SINCE = re.compile(r"\s*(?:起|施行)")
"""After the day that something takes a rule's place; the rule ends on the eve."""


def check_grounds(
    rules: Rules, clauses: Mapping[str, Clause], documents: Mapping[str, Document]
) -> list[Problem]:
    """What the corpus does not bear out, in the order of the files."""
    problems = [
        Problem(f"{one.benefit}.yaml", "", "document", _no_document(one.document, documents))
        for one in rules.benefits
        if one.document not in documents
    ]
    for claim in rules.claims:
        problems += _check(claim, clauses, documents)
    return problems


def _no_document(doc_id: str, documents: Mapping[str, Document]) -> str:
    near = get_close_matches(doc_id, list(documents), n=1, cutoff=0.3)
    return f"语料里没有文件 {doc_id}{f'；最接近的是 {near[0]}' if near else ''}。"


def _check(
    claim: Claim, clauses: Mapping[str, Clause], documents: Mapping[str, Document]
) -> Iterable[Problem]:
    source = claim.source
    clause = clauses.get(source.clause_id)
    if clause is None:
        near = _nearest(source.clause_id, clauses)
        hint = f"最接近的是 {near}，可用 assistant clause {near} 查看。" if near else "请核对。"
        message = f"语料里没有条款 {source.clause_id}；{hint}"
        yield Problem(claim.file, claim.where, "clause", message)
        return
    text = documents[clause.doc_id].text
    if not source.quote:
        return
    if source.quote not in text[clause.start : clause.end]:
        near = _nearest_to_quote(source.quote, clause, clauses, text)
        message = f"引文“{source.quote}”不在 {source.clause_id} 里；最接近的条款是 {near}。"
        yield Problem(claim.file, claim.where, "quote", message)
        return
    for figure in claim.figures:
        if not stands_in(figure, source.quote):
            words = f"{figure.value.normalize():f}{figure.unit or ''}"
            message = f"数字 {words} 不在引文“{source.quote}”里。"
            yield Problem(claim.file, claim.where, "quote", message)
    for day in claim.days:
        if not has_day(day, source.quote):
            message = f"日期 {day} 不在引文“{source.quote}”里。"
            yield Problem(claim.file, claim.where, "quote", message)


def _nearest(clause_id: str, clauses: Mapping[str, Clause]) -> str | None:
    doc_id = clause_id.split("__")[0]
    same = [one for one in clauses if one.split("__")[0] == doc_id]
    found = get_close_matches(clause_id, same or list(clauses), n=1, cutoff=0.3)
    return found[0] if found else None


def _nearest_to_quote(
    quote: str, named: Clause, clauses: Mapping[str, Clause], text: str
) -> str:
    """Of the same document, the clause whose own words are most like the quote."""
    same = [one for one in clauses.values() if one.doc_id == named.doc_id]
    best = max(
        same, key=lambda one: (fuzz.partial_ratio(quote, text[one.start : one.own_end]), -one.start)
    )
    return best.clause_id


def stands_in(figure: Figure, quote: str) -> bool:
    """Whether the quote has the number, in Chinese or Arabic numerals, 万 and 亿 worked out.

    >>> stands_in(Figure(Decimal(20000), "万元"), "年销售收入不超过2亿元")
    True
    """
    wanted = figure.value * _SCALES.get(figure.unit or "", Decimal(1))
    ranks = (read_number(one) for one in _RANK.findall(quote))
    found = {one.value for one in find_numbers(quote)} | {one for one in ranks if one is not None}
    return wanted in found


def has_day(day: date, quote: str) -> bool:
    """Whether the quote has the day, or begins what follows on the day after it.

    >>> has_day(date(2024, 7, 31), "新意见自2024年8月1日起施行")
    True
    """
    dates = find_dates(quote)
    years = [int(one) for pair in _YEARS.findall(quote) for one in pair]
    dates += [DateSpan(0, 0, year, None, None) for year in years]
    if any(_is_day(day, one) for one in dates):
        return True
    eve = day + timedelta(days=1)
    return any(_is_day(eve, one) and _SINCE.match(quote, one.end) for one in dates if one.day)


def _is_day(day: date, found: DateSpan) -> bool:
    """A year alone is its first or last day, a month likewise; a day may lack its year."""
    if found.year is not None and found.year != day.year:
        return False
    if found.month is None:
        return (day.month, day.day) in ((1, 1), (12, 31))
    if found.day is None:
        last = calendar.monthrange(day.year, day.month)[1]
        return found.month == day.month and day.day in (1, last)
    return (found.month, found.day) == (day.month, day.day)
