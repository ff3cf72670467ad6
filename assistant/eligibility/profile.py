"""Free Chinese text about an enterprise → the facts it states, each with its words.

What is not said stays unknown; two values for one fact are reported and none of them is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from assistant.eligibility.by_patterns import read_by_patterns
from assistant.eligibility.learned import SaidReader, load_statement_network
from assistant.eligibility.likely import beyond, borne_out, likely_places, surely_said
from assistant.eligibility.likely_figures import likely_figures
from assistant.eligibility.places import chain, parents_of
from assistant.eligibility.readings import (
    Bound,
    Contradiction,
    DefinitionLike,
    ReadFact,
    ReadProfile,
    Unread,
)
from assistant.eligibility.scope import fold
from assistant.eligibility.told_again import is_denied
from assistant.text import Normalized

MOST_CHARS = 2_000
"""A description is a page at most; the patterns' time grows faster than the text."""
TOO_LONG = f"企业情况只读前 {MOST_CHARS} 字，请写短些"


def read_profile(
    text: str, day: date, definitions: Iterable[DefinitionLike],
    network: SaidReader | None = None,
) -> ReadProfile:
    """The facts that `text` states of the firm that speaks, as of `day`; in reading order.

    `network`: another than the one that is shipped; `PATTERNS_ALONE` for what is no description.
    """
    network = network or load_statement_network()
    by_fact = {one.fact: one for one in definitions}
    whole, text = text, text[:MOST_CHARS]
    plain = fold(text)
    drawn = read_by_patterns(plain.text, day, by_fact)
    said = network.said_in(plain.text, drawn.candidates, drawn.found, by_fact)
    found = borne_out(drawn.found, said, by_fact)
    figures = list(
        likely_figures(drawn.figures, plain.text, drawn.sentences, found, said.mentions)
    )
    more = [
        *figures,
        *likely_places(plain.text, said, by_fact),
        *surely_said(drawn.sentences, said, by_fact, day),
    ]
    added = beyond(found, more)
    taken = [one for one in added if one in figures]
    found += added
    facts, contradictions = _settle([_verbatim(one, plain, text) for one in found], by_fact, text)
    unread = [Unread(whole[MOST_CHARS:][:20], MOST_CHARS, len(whole), TOO_LONG)] * (
        len(whole) > MOST_CHARS
    )
    unread += [
        _verbatim_unread(one, plain, text)
        for one in drawn.unread
        if not any(each.start < one.end and one.start < each.end for each in taken)
    ]
    return ReadProfile(
        facts=tuple(sorted(facts, key=lambda one: (one.start, one.fact, one.year or 0))),
        contradictions=tuple(contradictions),
        unread=tuple(sorted(set(unread), key=lambda one: (one.start, one.end))),
    )


def fact_rows(facts: Iterable[ReadFact]) -> list[dict[str, Any]]:
    """Rows `{"fact", "kind", "value", "unit", "year", "read_from"}` as a profile file has them."""
    rows: list[dict[str, Any]] = []
    for one in facts:
        value = list(one.value) if isinstance(one.value, tuple) else one.value
        row = {
            "fact": one.fact,
            "kind": one.bound.value,
            "value": [value, one.upper] if one.bound is Bound.RANGE else value,
            "read_from": one.words,
        }
        row |= {"unit": one.unit} if one.unit else {}
        row |= {"year": one.year} if one.year is not None else {}
        rows.append(row)
    return rows


def _verbatim(fact: ReadFact, plain: Normalized, text: str) -> ReadFact:
    start, end = plain.span(fact.start, fact.end)
    return replace(fact, words=text[start:end], start=start, end=end)


def _verbatim_unread(one: Unread, plain: Normalized, text: str) -> Unread:
    start, end = plain.span(one.start, one.end)
    return replace(one, words=text[start:end], start=start, end=end)


def _settle(
    found: list[ReadFact], by_fact: dict[str, DefinitionLike], text: str
) -> tuple[list[ReadFact], list[Contradiction]]:
    """One value a fact and year; the members of a set are joined."""
    groups: dict[tuple[str, int | None], list[ReadFact]] = {}
    for one in sorted(found, key=lambda one: (one.start, one.end)):
        groups.setdefault((one.fact, one.year), []).append(one)
    facts: list[ReadFact] = []
    contradictions: list[Contradiction] = []
    for (fact, year), readings in groups.items():
        definition = by_fact[fact]
        if definition.type == "set" and fact != "region":
            facts.append(_joined(readings))
            continue
        kept = readings[0]
        for other in readings[1:]:
            if fact in ("region", "tax_place"):
                narrower = _narrower_place(kept, other, parents_of(definition.options))
            else:
                narrower = _narrower(kept, other)
            if narrower is None:
                narrower = _corrected(kept, other, text)
            if narrower is None:
                contradictions.append(Contradiction(fact, year, tuple(_distinct(readings))))
                break
            kept = narrower
        else:
            facts.append(kept)
    return facts, contradictions


_CORRECTION = re.compile(
    r"不对|更正|说错|写错|错了|改成|改为|纠正|应该是|准确(?:地|的)?说|(?:上个?月|后来|刚)\S{0,6}走了"
)
_THEN = re.compile(r"之前|以前|原来|当时|最初|一开始|早先|年初")
_NOW = re.compile(r"现在|已经|目前|如今|今年|眼下")
_BY_AUTHORITY = re.compile(r"以(?P<what>[^，,。;；]{2,10}?)(?:为准|的为准|的数为准)")


def _corrected(one: ReadFact, other: ReadFact, text: str) -> ReadFact | None:
    """86人。哦不对，83人; 以审计报告为准: the value that holds, None where nothing is put right."""
    if said := _BY_AUTHORITY.search(text):
        before = {each: text[max(0, each.start - 14) : each.start] for each in (one, other)}
        named = [each for each, words in before.items() if said["what"] in words]
        return named[0] if len(named) == 1 else None
    is_old = _THEN.search(text[max(0, one.start - 8) : one.start])
    is_new = _NOW.search(text[one.end : other.end])
    is_changed = bool(is_old and is_new) or is_denied(text, one, other.start)
    return other if is_changed or _CORRECTION.search(text[one.end : other.end]) else None


def _joined(readings: list[ReadFact]) -> ReadFact:
    members: dict[str, None] = {}
    for one in readings:
        if isinstance(one.value, tuple):
            members |= dict.fromkeys(one.value)
    words = "、".join(dict.fromkeys(one.words for one in readings))
    return replace(readings[0], value=tuple(members), words=words)


def _distinct(readings: list[ReadFact]) -> list[ReadFact]:
    return list({(str(one.value), one.bound, one.upper): one for one in readings}.values())


def _narrower_place(
    one: ReadFact, other: ReadFact, parents: dict[str, str]
) -> ReadFact | None:
    """罗店 and 宝山 are one place, the narrower of the two."""
    mine, theirs = _place(one), _place(other)
    if theirs in chain(mine, parents):
        return one
    return other if mine in chain(theirs, parents) else None


def _narrower(one: ReadFact, other: ReadFact) -> ReadFact | None:
    """The one that says more where both can be true, else None."""
    if one.value == other.value and one.bound is other.bound and one.upper == other.upper:
        return other if one.is_year_assumed and not other.is_year_assumed else one
    if isinstance(one.value, bool | str | tuple) or isinstance(other.value, bool | str | tuple):
        return None
    mine_ends, their_ends = _ends(one), _ends(other)
    low = max(mine_ends[0], their_ends[0])
    high = min(mine_ends[1], their_ends[1])
    if low > high:
        return None
    return one if mine_ends[1] - mine_ends[0] <= their_ends[1] - their_ends[0] else other


def _place(fact: ReadFact) -> str:
    return fact.value[0] if isinstance(fact.value, tuple) else str(fact.value)


def _ends(fact: ReadFact) -> tuple[float, float]:
    """The least and the greatest that the value may be; a day is its ordinal."""
    value, upper = (
        float(one.toordinal() if isinstance(one, date) else one)
        for one in (_number(fact.value), _number(fact.value if fact.upper is None else fact.upper))
    )
    if fact.bound is Bound.AT_LEAST:
        return value, float("inf")
    if fact.bound is Bound.AT_MOST:
        return float("-inf"), value
    if fact.bound is Bound.ESTIMATE:
        return value - abs(value) / 10, value + abs(value) / 10
    return value, upper


def _number(value: object) -> int | float | date:
    if isinstance(value, int | float | date):
        return value
    raise TypeError(f"{value!r} is neither a number nor a day")
