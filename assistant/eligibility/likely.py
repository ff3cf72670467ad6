"""What the models make of the clauses of a description, where the patterns read nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from assistant.eligibility.learned import SURE_CLAUSE, StatementModels
from assistant.eligibility.readings import Bound, DefinitionLike, ReadFact, Value
from assistant.eligibility.scope import Clause, Sentence
from assistant.eligibility.signs import is_denied

SURE_MATTER = 0.4
"""Of the two chances of a yes or no together; low, for hardly anything else is mistaken for one."""
CLEARLY = 3
"""How much likelier than the other the one of the two is that is taken."""


@dataclass(frozen=True, slots=True)
class ClauseSaid:
    """A clause with how likely it says each value of each fact."""

    clause: Clause
    chances: Mapping[str, Mapping[str, float]]


def clauses_said(sentences: Iterable[Sentence], models: StatementModels) -> list[ClauseSaid]:
    return [
        ClauseSaid(clause, models.said_in(sentence, clause))
        for sentence in sentences
        for clause in sentence.clauses
        if clause.text.strip()
    ]


def surely_said(
    said: Iterable[ClauseSaid], by_fact: Mapping[str, DefinitionLike]
) -> Iterator[ReadFact]:
    """What the clauses on this firm surely say, plans and questions aside."""
    for each in said:
        clause = each.clause
        if not clause.is_ours or clause.is_planned or clause.is_asked:
            continue
        for fact, chances in each.chances.items():
            if fact not in by_fact:
                continue
            is_yes_no = by_fact[fact].type == "yes_no"
            for value in _yes_or_no(chances, clause) if is_yes_no else _sure(chances):
                yield _read(by_fact[fact], value, clause)


def _sure(chances: Mapping[str, float]) -> list[str]:
    return [value for value, chance in chances.items() if chance >= SURE_CLAUSE]


def _yes_or_no(chances: Mapping[str, float], clause: Clause) -> list[str]:
    """That a clause is about a fact is easier to know than which of the two it says: both chances
    count for the first. A yes that is not sure is none where a word denies.
    """
    value, chance = max(chances.items(), key=lambda one: one[1])
    other = sum(chances.values()) - chance
    if chance + other < SURE_MATTER or chance < CLEARLY * other:
        return []
    return [] if value == "true" and chance < SURE_CLAUSE and is_denied(clause.text) else [value]


def _read(definition: DefinitionLike, said: str, clause: Clause) -> ReadFact:
    is_set = definition.type == "set"
    value: Value = (said,) if is_set else said
    if definition.type == "yes_no":
        value = said == "true"
    words = clause.text.strip()
    start = clause.start + clause.text.index(words)
    bound = Bound.AT_LEAST if is_set else Bound.EXACT
    return ReadFact(definition.fact, value, None, bound, words, start, start + len(words))


def beyond(found: Iterable[ReadFact], guessed: Iterable[ReadFact]) -> list[ReadFact]:
    """Guesses at facts that nothing else was read of; none where two do not agree."""
    read = {(one.fact, one.year) for one in found}
    told: dict[tuple[str, int | None], list[ReadFact]] = {}
    for one in guessed:
        if (one.fact, one.year) not in read:
            told.setdefault((one.fact, one.year), []).append(one)
    return [
        group[0]
        for group in told.values()
        if len({(str(one.value), one.bound, one.upper) for one in group}) == 1
    ]
