"""What a figure is of, and what a clause says, by models learnt from statements of many people.

They are asked where the patterns read nothing: ways of saying a thing are without end. Both are
linear models over the characters around; `none` is one of their labels, and what is not likely
enough is left unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from assistant.eligibility.linking_words import KINDS_BY_UNIT
from assistant.eligibility.parts import Quantity
from assistant.eligibility.readings import DefinitionLike
from assistant.eligibility.scope import Clause, Sentence
from assistant.linear import WideModel, probability
from assistant.settings import PACKAGE_DIR

SHIPPED_DIR = PACKAGE_DIR / "models" / "facts"
FIGURES = "figures.tsv"
CLAUSES = "clauses.tsv"
NONE = "none"
SURE_FIGURE = 0.7
SURE_CLAUSE = 0.9
"""From descriptions whose writers the models did not know; high, for nothing may be made up."""
_DIGITS = re.compile(r"\d[\d,]*(?:\.\d+)?")
_MORE_KINDS = {"人": ("count",), "位": ("bare",)}
"""搞研发的就八个, 排名2: where the words around say so."""
_BEFORE, _AFTER, _AROUND = 20, 16, 28


@dataclass(frozen=True, slots=True)
class StatementModels:
    """`figures`: labels are facts; `clauses`: labels are fact=value."""

    figures: WideModel
    clauses: WideModel

    @classmethod
    def load(cls, folder: Path) -> StatementModels:
        """
        Raises:
            SettingsError: a file is missing or damaged.
        """
        return cls(WideModel.load(folder / FIGURES), WideModel.load(folder / CLAUSES))

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.figures.save(folder / FIGURES)
        self.clauses.save(folder / CLAUSES)

    def facts_of(
        self, sentence: Sentence, quantity: Quantity, definitions: Mapping[str, DefinitionLike]
    ) -> dict[str, float]:
        """How likely a figure is of each fact of its kind; what is left to 1 is of none, or of
        one that has no definition here.
        """
        may = [
            at
            for at, label in enumerate(self.figures.labels)
            if label not in definitions or is_of_kind(definitions[label], quantity)
        ]
        scores = self.figures.scores(figure_features(sentence, quantity))[may]
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        labels = (self.figures.labels[at] for at in may)
        return {
            label: float(share)
            for label, share in zip(labels, shares, strict=True)
            if label in definitions
        }

    def said_in(self, sentence: Sentence, clause: Clause) -> dict[str, dict[str, float]]:
        """By fact, how likely a clause says each of its values; figures and days aside."""
        found: dict[str, dict[str, float]] = {}
        scores = self.clauses.scores(clause_features(sentence, clause))
        for label, score in zip(self.clauses.labels, scores.tolist(), strict=True):
            fact, _, value = label.partition("=")
            found.setdefault(fact, {})[value] = probability(score)
        return found


@lru_cache(maxsize=1)
def load_statement_models() -> StatementModels:
    """Those that are shipped.

    Raises:
        SettingsError: they are damaged.
    """
    return StatementModels.load(SHIPPED_DIR)


def is_of_kind(definition: DefinitionLike | None, quantity: Quantity) -> bool:
    """Whether a figure can be of the fact: people are no money."""
    if definition is None or definition.type not in ("number", "series"):
        return False
    unit = definition.unit or ""
    return quantity.kind in (*KINDS_BY_UNIT.get(unit, ("bare",)), *_MORE_KINDS.get(unit, ()))


def figure_features(sentence: Sentence, quantity: Quantity) -> set[str]:
    """The characters on both sides of a figure, by side and by whether a comma lies between."""
    text, offset = sentence.text, sentence.start
    clause = sentence.clause_at(quantity.start)
    begin = max(clause.start, quantity.start - _BEFORE) - offset
    end = max(min(clause.end, quantity.end + _AFTER), quantity.end) - offset
    before = _plain(text[begin : quantity.start - offset])
    after = _plain(text[quantity.end - offset : end])
    return {
        f"kind:{quantity.kind}",
        *_grams("b", before, (1, 2, 3, 4)),
        *_grams("a", after, (1, 2, 3, 4)),
        *_grams("w", f"{before}|{after}", (2, 3)),
        *_grams("x", f"{before[-4:]}|{after[:3]}", (2, 3, 4)),
        *_grams("p", _plain(text[max(0, begin - _AROUND) : begin]), (2, 3)),
        *_grams("n", _plain(text[end : end + _AROUND]), (2, 3)),
    }


def clause_features(sentence: Sentence, clause: Clause) -> set[str]:
    """The characters of a clause, and of what stands beside it in the sentence."""
    begin, end = clause.start - sentence.start, clause.end - sentence.start
    return {
        *_grams("c", f"^{_plain(clause.text.strip())}$", (1, 2, 3, 4)),
        *_grams("p", _plain(sentence.text[max(0, begin - _AROUND) : begin]), (2, 3)),
        *_grams("n", _plain(sentence.text[end : end + _AROUND]), (2, 3)),
    }


def _plain(words: str) -> str:
    return _DIGITS.sub("0", words).replace("\t", " ")


def _grams(side: str, words: str, sizes: tuple[int, ...]) -> Iterator[str]:
    for size in sizes:
        for at in range(len(words) - size + 1):
            yield side + words[at : at + size]
