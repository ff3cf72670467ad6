"""What the patterns read of a description, and the mentions of it that may state more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from assistant.eligibility.ages import AgeReader
from assistant.eligibility.figures import FigureReader
from assistant.eligibility.founding import FoundingReader
from assistant.eligibility.kinds import KindReader
from assistant.eligibility.labelled import LabelReader
from assistant.eligibility.likely import beyond
from assistant.eligibility.moves import MoveReader
from assistant.eligibility.network_input import Candidate, candidates_in
from assistant.eligibility.places import PlaceReader
from assistant.eligibility.readings import DefinitionLike, ReadFact, Unread
from assistant.eligibility.scope import Sentence, split_sentences
from assistant.eligibility.services import ServiceReader
from assistant.eligibility.signs import SignReader
from assistant.eligibility.stages import StageReader
from assistant.eligibility.standing import StandingReader
from assistant.eligibility.trades import TradeReader


@dataclass(frozen=True, slots=True)
class Drawn:
    """`found` may say one fact twice; `figures` can read more of the same text."""

    sentences: list[Sentence]
    found: list[ReadFact]
    unread: list[Unread]
    candidates: list[Candidate]
    figures: FigureReader


def read_by_patterns(text: str, day: date, by_fact: Mapping[str, DefinitionLike]) -> Drawn:
    """`text` in the spelling of `fold`, and so are the places of what is read."""
    sentences = split_sentences(text)
    figures, founding = FigureReader(by_fact, day), FoundingReader(by_fact, day)
    standing, places = StandingReader(by_fact, day), PlaceReader(by_fact)
    kinds, signs = KindReader(by_fact), SignReader(by_fact)
    moves = MoveReader(by_fact, day)
    found: list[ReadFact] = []
    labelled = LabelReader(by_fact)
    labelled.read(text, sentences)
    stages, services = StageReader(by_fact), ServiceReader(by_fact)
    for reader in (figures, founding, standing, places, kinds, stages, services, signs, moves):
        reader.read(text, sentences)
        found += reader.facts
    trades = TradeReader(by_fact)
    trades.read(text, sentences)
    found += beyond(found, [*labelled.facts, *trades.facts])
    ages = AgeReader(by_fact, day)
    ages.read(text, sentences)
    found = _aged(found, ages.facts)
    found = _of_all_revenue(found)
    found = _yearly(found, day)
    found = _of_team(_by_signs(found, by_fact, text), by_fact, text)
    candidates = candidates_in(text, sentences, places.named(text), day)
    return Drawn(sentences, found, [*figures.unread, *founding.unread], candidates, figures)


def _aged(found: list[ReadFact], ages: list[ReadFact]) -> list[ReadFact]:
    """软著3年: an age is of what it was read of, and of nothing else that has these words."""
    aged = {one.fact for one in ages}
    return [
        one
        for one in found
        if one.fact not in aged
        and not any(age.start < one.end and one.start < age.end for age in ages)
    ] + ages


def _of_all_revenue(found: list[ReadFact]) -> list[ReadFact]:
    """主营收入8.47亿，全部营收8.63亿: the part goes where the whole of the year is said too."""
    whole = {
        one.year for one in found if one.fact == "revenue" and not one.words.startswith("主营")
    }
    return [
        one
        for one in found
        if one.fact != "revenue" or one.year not in whole or not one.words.startswith("主营")
    ]


def _yearly(found: list[ReadFact], day: date) -> list[ReadFact]:
    """研发占营收2024年22%，2025年25.5%: a list of each year, the last one in it."""
    is_list = any(one.fact == "rd_ratio_yearly" for one in found)
    last = [one for one in found if is_list and one.fact == "rd_ratio"]
    return found + [replace(one, fact="rd_ratio_yearly", year=day.year - 1) for one in last]


def _of_team(
    found: list[ReadFact], by_fact: Mapping[str, DefinitionLike], text: str
) -> list[ReadFact]:
    """团队5个人 of people who have no company yet, or of a start-up, is no staff."""
    has_none = any(one.fact == "company_founded" and one.value is False for one in found)
    definition = by_fact.get("team_size")
    if definition is None:
        return found
    is_young = any(one in text for one in definition.near)
    return [
        replace(one, fact="team_size")
        if one.fact == "staff_count"
        and (has_none or (is_young and _TEAM.search(text[one.start : one.end + 3])))
        else one
        for one in found
    ]


_TEAM = re.compile("(?<!运营)团队|team")


def _by_signs(
    found: list[ReadFact], by_fact: Mapping[str, DefinitionLike], text: str
) -> list[ReadFact]:
    """Of a yes or no read twice from the same words, the firmer: no."""
    denied = [
        one
        for one in found
        if one.value is False and by_fact[one.fact].signs and by_fact[one.fact].type == "yes_no"
    ]
    return [
        one
        for one in found
        if one.value is False
        or not any(no.fact == one.fact and not _are_apart(no, one, text) for no in denied)
    ]


def _are_apart(one: ReadFact, other: ReadFact, text: str) -> bool:
    """Whether a sentence ends between the two."""
    first, last = sorted((one, other), key=lambda each: each.start)
    return bool(re.search("[。;!?]", text[first.end : last.start]))
