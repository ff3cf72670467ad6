"""The facts that the network takes figures to state, beside those that the patterns read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal

from assistant.eligibility.cues import signed_link
from assistant.eligibility.figures import FOREIGN, IMPOSSIBLE, SUMMED, FigureReader
from assistant.eligibility.learned import Chances
from assistant.eligibility.network_input import Candidate
from assistant.eligibility.parts import Quantity
from assistant.eligibility.readings import ReadFact, Unread
from assistant.eligibility.runs import year_before
from assistant.eligibility.scope import Sentence
from assistant.eligibility.sentence_figures import years_in

TEN_THOUSAND = Decimal(10**4)
_HELD = (FOREIGN, IMPOSSIBLE, SUMMED)
"""What no likelihood makes a figure of: dollars, -3 people, three years' sum as one year's."""
_OTHER_MONEY = re.compile("台币|美元|美金|港[元币]|日元|欧元|英镑")
SURE_FIGURE = 0.7
"""How likely a figure must be of a fact; by descriptions whose writers the network did not know."""


def likely_figures(
    reader: FigureReader, text: str, sentences: Iterable[Sentence], found: Iterable[ReadFact],
    mentions: Iterable[tuple[Candidate, Chances]],
) -> Iterator[ReadFact]:
    """`reader` has read the text; what `found` says is not said again."""
    known = [(one.start, one.end, one.fact) for one in found]
    parts = list(sentences)
    for one, chances in mentions:
        fact = max(chances, key=lambda each: (chances[each], each))
        is_known = any(
            one.start < end and start < one.end and name == fact for start, end, name in known
        )
        is_sure = fact in reader.units and chances[fact] >= SURE_FIGURE
        is_held = bool(_OTHER_MONEY.search(text[max(0, one.start - 5) : one.end])) or any(
            one.start < held.end and held.start < one.end and held.reason in _HELD
            for held in reader.unread
        )
        if one.quantity is not None and is_sure and not (is_known or is_held):
            sentence = next(each for each in parts if each.start <= one.start < each.end)
            yield from _stated(reader, text, sentence, fact, one.quantity)


def _stated(
    reader: FigureReader, text: str, sentence: Sentence, fact: str, quantity: Quantity
) -> Iterator[ReadFact]:
    """The fact of a figure that is known to state one: whose it is and whether it is planned no
    pattern asks any more; a sum of years, or one of several, is still none of a year.
    """
    start = min(sentence.clause_at(quantity.start).start, quantity.start)
    link = signed_link(fact, start, quantity, sentence)
    reader.forget()
    said = year_before(text, reader.facts, link) or link.years
    if said is None:
        said = reader.years_said(text, link, years_in(sentence, reader.day), sentence)
    clause = sentence.clause_at(quantity.start)
    dated, year, assumed, reason = reader.dated(text, link, said, clause)
    if reason == SUMMED or (reason and said and len(said) > 1):
        return
    if reason:
        dated, last = fact, reader.day.year - 1
        is_said = said is not None and len(said) == 1 and said[0] <= last
        is_series = reader.definitions[fact].type == "series"
        year = None if not is_series else said[0] if said and is_said else last
        assumed = is_series and not is_said
    read = reader.converted(text, dated, link)
    if isinstance(read, Unread) and quantity.kind == "bare" and reader.units[dated] == "万元":
        money = replace(quantity.scaled(TEN_THOUSAND), kind="money")  # 年销六千, as people say it
        read = reader.converted(text, dated, replace(link, quantity=money))
    if not isinstance(read, Unread):
        yield ReadFact(
            dated, read[1], reader.units[dated], read[0], text[link.start : quantity.end],
            min(link.start, quantity.start), quantity.end, read[2], year, assumed,
        )  # fmt: skip
