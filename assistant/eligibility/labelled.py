"""Choices of a form that is told as text: 认定类型：首次, 创新资金类别：A, 行业：其他."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assistant.eligibility.mentions import folded
from assistant.eligibility.readings import Bound, DefinitionLike, ReadFact
from assistant.eligibility.scope import Sentence

_PAIR = re.compile(
    r"(?P<label>[^:|,，;。]{2,16}):\s*(?P<value>[^:|,，;。()]{1,16}?)\s*(?=[|,，;。()]|$)"
)
_SHORTEST = 4
"""类型 alone is a label of many facts."""


class LabelReader:
    """Reads choices whose label is a name of the fact and whose value is one of its options."""

    def __init__(self, definitions: Mapping[str, DefinitionLike]) -> None:
        self._choices = {
            name: one
            for one in definitions.values()
            if one.type == "choice" and one.fact != "tax_place"
            for name in map(folded, (one.name, *one.synonyms))
            if len(name) >= _SHORTEST
        }
        self.facts: list[ReadFact] = []

    def read(self, text: str, sentences: list[Sentence]) -> None:
        """Fill `facts`; of several names in a label the longest counts."""
        for sentence in sentences:
            for pair in _PAIR.finditer(sentence.text):
                names = [name for name in self._choices if name in pair["label"]]
                if not names:
                    continue
                definition = self._choices[max(names, key=lambda name: (len(name), name))]
                value = _option(definition, pair["value"])
                start, end = (sentence.start + at for at in pair.span("value"))
                if value and sentence.clause_at(start).is_ours:
                    fact, words = definition.fact, text[start:end]
                    self.facts.append(ReadFact(fact, value, None, Bound.EXACT, words, start, end))


def _option(definition: DefinitionLike, words: str) -> str | None:
    """The option that has this name, or whose name alone begins so: A for A类."""
    exact = [
        one.value
        for one in definition.options
        if words in map(folded, (one.name, *one.synonyms))
    ]
    begun = [one.value for one in definition.options if folded(one.name).startswith(words)]
    return exact[0] if exact else begun[0] if len(begun) == 1 else None
