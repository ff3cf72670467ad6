"""Statements and descriptions by many writers as examples for the network of
`eligibility.learned`: which fact each mention is of, and which characters say which label.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from assistant.eligibility.by_patterns import Drawn, read_by_patterns
from assistant.eligibility.facts import FactDefinition, FactType
from assistant.eligibility.learned import BOTH_PLACES, NONE, PLACES, is_of_kind
from assistant.eligibility.network_input import Candidate
from assistant.eligibility.places import chain, parents_of
from assistant.eligibility.scope import fold
from assistant.errors import EvaluationError
from assistant.evaluation.eligibility_gold import Described
from assistant.evaluation.evaluator import AS_OF

LABELLED = (FactType.YES_NO, FactType.CHOICE, FactType.SET)
FIGURES = (FactType.NUMBER, FactType.SERIES)
Definitions = Mapping[str, FactDefinition]


@dataclass(frozen=True, slots=True)
class Statement:
    """`fact` is `none` where the text sounds like one and states none."""

    writer: str
    fact: str
    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Example:
    """`mentions`: of each candidate its fact, `none`, or None where that is not known; `spans`:
    start, end and label, None where the writer did not mark the words: then all that is known is
    which facts it may state. `is_mended_with`: patterns were made for this text, so that how well
    they read it says nothing of others.
    """

    text: str
    drawn: Drawn
    mentions: tuple[str | None, ...]
    spans: tuple[tuple[int, int, str], ...] | None
    may_state: frozenset[str]
    is_mended_with: bool = False


def read_statements(folder: Path) -> list[Statement]:
    """The lines `fact<TAB>value<TAB>text` of every `*.tsv`, a file a writer.

    Raises:
        EvaluationError: naming the line that is no statement.
    """
    found: list[Statement] = []
    for path in sorted(folder.glob("*.tsv")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            parts = line.split("\t")
            if len(parts) != 3 or not all(part.strip() for part in parts):
                raise EvaluationError(f"{path} 第 {number} 行不是“事实、值、说法”三栏。")
            found.append(Statement(path.stem, *parts))
    if not found:
        raise EvaluationError(f"{folder} 里没有训练用的说法（*.tsv）。")
    return found


@dataclass(frozen=True, slots=True)
class TrainingText:
    """`mended_with`: descriptions that the patterns were made for."""

    statements: Sequence[Statement]
    descriptions: Sequence[Described]
    mended_with: Sequence[Described] = ()


def examples_of(told: TrainingText, definitions: Definitions) -> list[Example]:
    """In order, statements first; those without a character left out."""
    made: list[Example] = []
    for one in told.statements:
        facts: dict[str, Any] = {} if one.fact == NONE else {one.fact: one.value}
        if one.fact in definitions and definitions[one.fact].type is FactType.SET:
            facts = {one.fact: [one.value]}
        said = dict.fromkeys(facts, one.text)
        made.append(_example(one.text, facts, said, frozenset(), definitions))
    for rows, is_mended_with in ((told.descriptions, False), (told.mended_with, True)):
        for row in rows:
            may = frozenset(_fact(key) for key in (*row.may, *row.contradictions))
            example = _example(row.text, row.facts, row.said or None, may, definitions)
            made.append(replace(example, is_mended_with=is_mended_with))
    return [one for one in made if one.text]


def _fact(key: str) -> str:
    return key.partition("@")[0]


def _example(
    text: str, facts: Mapping[str, Any], said: Mapping[str, str] | None, may: frozenset[str],
    definitions: Definitions,
) -> Example:
    plain = fold(text).text
    drawn = read_by_patterns(plain, AS_OF, definitions)
    places = _Places(definitions, facts)
    words = {key: _place_of(plain, one) for key, one in (said or {}).items()}
    mentions: list[str | None] = []
    for one in drawn.candidates:
        told = places.of(one) if one.place else _figures(one, facts, definitions)
        if len(told) > 1:
            near = {_fact(key) for key in told if _covers(words.get(key), one)}
            told = {key for key in told if _fact(key) in near} if len(near) == 1 else told
        of = _fact_of(told, one, may, definitions)
        mentions.append(None if of == NONE and one.place and places.may_be(one) else of)
    told_by = list(zip(drawn.candidates, mentions, strict=True))
    spans = None if said is None else tuple(_spans(facts, words, told_by, definitions))
    may_state = may | {_fact(key) for key in facts}
    return Example(plain, drawn, tuple(mentions), spans, may_state)


def _fact_of(
    told: set[str], one: Candidate, may: frozenset[str], definitions: Definitions
) -> str | None:
    named = {_fact(key) for key in told}
    if one.place and len(named) == 2:
        return BOTH_PLACES
    if named:
        return named.pop() if len(named) == 1 else None
    is_open = (
        bool({*PLACES} & may)
        if one.place
        else any(is_of_kind(definitions.get(fact), one.kind) for fact in may)
    )
    return None if is_open else NONE


def _covers(span: tuple[int, int] | None, one: Candidate) -> bool:
    return span is not None and span[0] < one.end and one.start < span[1]


def _place_of(plain: str, words: str) -> tuple[int, int] | None:
    folded = fold(words).text
    at = plain.find(folded)
    return None if at < 0 else (at, at + len(folded))


class _Places:
    """Which place facts a place that is named is of: theirs, one around it, or one within."""

    def __init__(self, definitions: Definitions, facts: Mapping[str, Any]) -> None:
        known = definitions.get(PLACES[0])
        self._parents = parents_of(known.options) if known else {}
        self._told = {
            fact: {facts[fact]} if isinstance(facts[fact], str) else set(facts[fact])
            for fact in PLACES
            if fact in facts
        }

    def of(self, one: Candidate) -> set[str]:
        return {
            fact
            for fact, told in self._told.items()
            if any(self._are_one(one.place or "", other) for other in told)
        }

    def may_be(self, one: Candidate) -> bool:
        """上海 beside 宝山, where the firm is: true, and not what is asked for."""
        return any(
            one.place in chain(other, self._parents)
            for told in self._told.values()
            for other in told
        )

    def _are_one(self, one: str, other: str) -> bool:
        wide = {"shanghai", "china"} & {one, other} and one != other
        is_within = one in chain(other, self._parents) or other in chain(one, self._parents)
        return not wide and is_within


def _figures(one: Candidate, facts: Mapping[str, Any], definitions: Definitions) -> set[str]:
    """The keys of the facts whose value a figure is."""
    return {
        key
        for key, value in facts.items()
        if is_of_kind(definitions.get(_fact(key)), one.kind)
        and _values(value) & _amounts(one, definitions[_fact(key)])
    }


def _values(written: Any) -> set[Decimal]:
    """The numbers of a value as gold and statements write it: `~30`, `800..900`, `1|2`."""
    found: set[Decimal] = set()
    for part in str(written).replace("|", "..").split(".."):
        try:
            found.add(abs(Decimal(part.strip("~<>= "))))
        except InvalidOperation:
            continue
    return found


def _amounts(one: Candidate, definition: FactDefinition) -> set[Decimal]:
    """In the unit of the fact; money without a unit counts as written."""
    if one.quantity is None:
        return set()
    is_money = definition.unit == "万元" and one.kind == "money"
    scale = Decimal(10**4) if is_money else Decimal(1)
    values = [each for each in (one.quantity.value, one.quantity.upper) if each is not None]
    return {abs(each / scale) for each in values}


def _spans(
    facts: Mapping[str, Any], words: Mapping[str, tuple[int, int] | None],
    mentions: Iterable[tuple[Candidate, str | None]], definitions: Definitions,
) -> Iterable[tuple[int, int, str]]:
    """What the marked words say, figures and places aside; that there is none of a thing too."""
    for key, span in words.items():
        fact = _fact(key)
        if span is None or fact not in definitions or fact in PLACES or key not in facts:
            continue
        value = facts[key]
        values = value if isinstance(value, list) else [value]
        if definitions[fact].type in LABELLED and not any("|" in str(one) for one in values):
            yield from ((*span, f"{fact}={_written(one)}") for one in values)
        is_figure = any(of == fact and _covers(span, one) for one, of in mentions)
        if definitions[fact].type in FIGURES and str(value) in ("0", "0.0") and not is_figure:
            yield (*span, f"{fact}=0")


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
