"""What the network makes of a description beside the patterns: what it denies, and what it adds.

Thresholds are chosen on descriptions whose writers the network did not know, that of options so
that nothing is called eligible wrongly on `others_test`: nothing may be made up, so that less is
added than is likely, and only what is all but denied is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from assistant.eligibility.learned import BOTH_PLACES, PLACES, Said
from assistant.eligibility.network_input import Candidate
from assistant.eligibility.places import chain, parents_of
from assistant.eligibility.readings import Bound, DefinitionLike, ReadFact, Value
from assistant.eligibility.scope import Clause, Sentence

SURE_LABEL = 0.95
SURE_YES_NO = 0.8
SURE_NONE = 0.95
SURE_PLACE = 0.8
SURE_OTHER = 0.7
DOUBTFUL = 0.5
LEAST_LEAD = 0.3
"""How likely another figure, place or value must be, and by how much more, to go before."""
DENIED_FIGURE = 0.05
DENIED_LABEL = 0.02
DENIED_CHOICE = 0.05
"""More than of others: a title in force is what most benefits turn on."""
DENIED_PLACE = 0.1
_WIDE = ("shanghai", "china")
"""Parts of many names: where they are the firm's place, the patterns know."""


def borne_out(
    found: Iterable[ReadFact], said: Said, by_fact: Mapping[str, DefinitionLike]
) -> list[ReadFact]:
    """What the patterns read, less what the network denies."""
    kept: list[ReadFact] = []
    every = list(found)
    values: dict[tuple[str, int | None], set[str]] = {}
    for one in every:
        values.setdefault((one.fact, one.year), set()).add(f"{one.value} {one.upper}")
    for one in every:
        kind = by_fact[one.fact].type
        is_contradicted = len(values[one.fact, one.year]) > 1
        if one.fact in PLACES and {*_places(one)} & {*_WIDE}:
            kept.append(one)
        elif one.fact in PLACES or kind in ("number", "series"):
            kept += [one] if _is_borne_out(one, said, is_contradicted) else []
        elif kind in ("yes_no", "choice") and is_contradicted:
            kept.append(one)
        elif kind in ("yes_no", "choice", "set"):
            kept += _labelled(one, said, DENIED_CHOICE if kind == "choice" else DENIED_LABEL)
        else:
            kept.append(one)
    return kept


def _places(one: ReadFact) -> tuple[object, ...]:
    return one.value if isinstance(one.value, tuple) else (one.value,)


def _is_borne_out(one: ReadFact, said: Said, is_contradicted: bool) -> bool:
    """Whether a figure or a place is not denied; no mention there, no denial. What contradicts
    another (58人 and 83人) is asked about, not settled.
    """
    is_place = one.fact in PLACES
    mine: list[float] = []
    others = [0.0]
    for mention, chances in said.mentions:
        if (mention.place is not None) is is_place:
            chance = max(chances.get(one.fact, 0.0), chances.get(BOTH_PLACES, 0.0))
            is_here = mention.start < one.end and one.start < mention.end
            (mine if is_here else others).append(chance)
    chance, other = max(mine, default=1.0), max(others)
    is_doubtful = one.year is None and chance < DOUBTFUL and not is_contradicted
    is_open = is_place or is_doubtful
    is_outdone = is_open and other >= SURE_OTHER and chance < other - LEAST_LEAD
    return chance >= (DENIED_PLACE if is_place else DENIED_FIGURE) and not is_outdone


def _labelled(one: ReadFact, said: Said, least: float) -> Iterator[ReadFact]:
    """The reading with the members that are not denied; none where all are. What stands beyond
    what the network saw is not denied.
    """
    if one.end > len(said.by_char):
        yield one
        return
    chances = said.chances(one.start, one.end).get(one.fact, {})

    def is_denied(value: str) -> bool:
        is_known = f"{one.fact}={value}" in said.labels
        return is_known and chances.get(value, 0.0) < least

    if isinstance(one.value, tuple):
        members = tuple(each for each in one.value if not is_denied(each))
        if members:
            yield replace(one, value=members)
        return
    value = str(one.value).lower()
    other = max((chance for each, chance in chances.items() if each != value), default=0.0)
    is_outdone = other >= SURE_OTHER and chances.get(value, 0.0) < other - LEAST_LEAD
    if not is_denied(value) and not is_outdone:
        yield one


def likely_places(
    text: str, said: Said, by_fact: Mapping[str, DefinitionLike]
) -> Iterator[ReadFact]:
    """Where the firm is and pays tax: the likeliest of the places that are named, or a narrower
    one within it; none where another is about as likely.
    """
    for fact in PLACES:
        if fact not in by_fact:
            continue
        options = {one.value for one in by_fact[fact].options}
        parents = parents_of(by_fact[fact].options)
        named = [
            (chances.get(fact, 0.0) + chances.get(BOTH_PLACES, 0.0), mention, mention.place)
            for mention, chances in said.mentions
            if mention.place is not None and mention.place in options - {*_WIDE}
        ]
        sure = [one for one in named if one[0] >= SURE_PLACE]
        if not sure:
            continue
        most, _, best = max(sure, key=lambda one: (one[0], len(chain(one[2], parents))))
        near = [one for one in sure if best in chain(one[2], parents)]
        apart = [one[0] for one in sure if one not in near and one[2] not in chain(best, parents)]
        if max(apart, default=0.0) <= most - LEAST_LEAD:
            _, mention, place = max(near, key=lambda one: (len(chain(one[2], parents)), one[0]))
            yield _place(by_fact[fact], place, text, mention)


def _place(
    definition: DefinitionLike, place: str, text: str, mention: Candidate
) -> ReadFact:
    value: Value = (place,) if definition.type == "set" else place
    words = text[mention.start : mention.end]
    return ReadFact(
        definition.fact, value, None, Bound.EXACT, words, mention.start, mention.end
    )


def surely_said(
    sentences: Iterable[Sentence], said: Said, by_fact: Mapping[str, DefinitionLike], day: date
) -> Iterator[ReadFact]:
    """What the clauses surely say: yes or no, options, members, and that there is none of it."""
    for sentence in sentences:
        for clause in sentence.clauses:
            for fact, chances in said.chances(clause.start, clause.end).items():
                if fact in by_fact:
                    for value in _sure(chances, by_fact[fact]):
                        yield _read(by_fact[fact], value, clause, day)


def _sure(chances: Mapping[str, float], definition: DefinitionLike) -> list[str]:
    if definition.type == "set":
        return [value for value, chance in chances.items() if chance >= SURE_LABEL]
    value = max(chances, key=lambda one: (chances[one], one))
    return [value] if chances[value] >= _least(definition.type) else []


def _least(kind: str) -> float:
    """Words may deny a thing loosely (没什么收入): that there is none of it is to be surer yet."""
    if kind in ("number", "series"):
        return SURE_NONE
    return SURE_YES_NO if kind == "yes_no" else SURE_LABEL


def _read(definition: DefinitionLike, said: str, clause: Clause, day: date) -> ReadFact:
    value: Value = said
    if definition.type == "yes_no":
        value = said == "true"
    elif definition.type == "set":
        value = (said,)
    elif definition.type in ("number", "series"):
        value = 0
    words = clause.text.strip()
    start = clause.start + clause.text.index(words)
    bound = Bound.AT_LEAST if definition.type == "set" else Bound.EXACT
    year = day.year - 1 if definition.type == "series" else None
    return ReadFact(
        definition.fact, value, definition.unit, bound, words, start, start + len(words),
        year=year, is_year_assumed=year is not None,
    )  # fmt: skip


def beyond(found: Iterable[ReadFact], guessed: Iterable[ReadFact]) -> list[ReadFact]:
    """Guesses at facts that nothing else was read of; none where two do not agree, as the members
    of a set always do.
    """
    read = {(one.fact, one.year) for one in found}
    told: dict[tuple[str, int | None], list[ReadFact]] = {}
    for one in guessed:
        if (one.fact, one.year) not in read:
            told.setdefault((one.fact, one.year), []).append(one)
    made: list[ReadFact] = []
    for (fact, _), group in told.items():
        if fact not in PLACES and isinstance(group[0].value, tuple):
            made += group
        elif len({(str(one.value), one.bound, one.upper) for one in group}) == 1:
            made.append(group[0])
    return made
