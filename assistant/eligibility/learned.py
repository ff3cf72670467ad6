"""What the mentions of a description state, and what its clauses say, by a network that learnt it
from descriptions by many people.

It sees what the patterns read, and learnt how far that holds: it may bear a reading out, deny it,
or tell what they missed. What is not likely enough is left unread.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import is_
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.eligibility.linking_words import KINDS_BY_UNIT
from assistant.eligibility.network_input import (
    PLACE,
    Candidate,
    Input,
    Named,
    Vocabulary,
)
from assistant.eligibility.readings import DefinitionLike, ReadFact
from assistant.errors import SettingsError
from assistant.neural import Weights, both_ways, linear, relu, softmax
from assistant.settings import PACKAGE_DIR

SHIPPED_DIR = PACKAGE_DIR / "models" / "facts"
WEIGHTS = "network.safetensors"
VOCABULARY = "vocabulary.json"
NONE = "none"
PLACES = ("region", "tax_place")
BOTH_PLACES = "region+tax_place"
LAYERS = 2
_MORE_KINDS = {"人": ("count",), "位": ("bare",)}
"""搞研发的就八个, 排名2: where the words around say so."""

Chances = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Said:
    """How likely each mention is of each fact, and each character says each label.

    `labels` are `fact=value`; `by_char` is float32 [characters, labels].
    """

    mentions: tuple[tuple[Candidate, Chances], ...]
    labels: Mapping[str, int]
    by_char: NDArray[np.float32]

    def chances(self, start: int, end: int) -> dict[str, dict[str, float]]:
        """By fact, how likely it is that the characters say each of its values; those of no
        weight left out.
        """
        found: dict[str, dict[str, float]] = {}
        if start < min(end, len(self.by_char)):
            most = self.by_char[start:end].max(axis=0)
            for label, at in self.labels.items():
                if most[at] >= _NO_WEIGHT:
                    fact, _, value = label.partition("=")
                    found.setdefault(fact, {})[value] = float(most[at])
        return found


_NO_WEIGHT = 0.01


@dataclass(frozen=True, slots=True)
class StatementNetwork:
    """Two readers on one bidirectional LSTM: which fact a mention is of (softmax over `facts`), and
    which label a character says (softmax over `labels` and none).
    """

    vocabulary: Vocabulary
    facts: tuple[str, ...]
    """`none` first."""
    labels: Mapping[str, int]
    weights: Weights

    @classmethod
    def load(cls, folder: Path) -> StatementNetwork:
        """
        Raises:
            SettingsError: a file is missing or damaged.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            known = json.loads((folder / VOCABULARY).read_text("utf-8"))
            stored = load_file(folder / WEIGHTS)
            return cls(
                Vocabulary(*(_numbered(known[name], first) for name, first in _NUMBERED)),
                tuple(known["facts"]),
                {label: at for at, label in enumerate(known["labels"])},
                {name: one.astype(np.float32) for name, one in stored.items()},
            )
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise SettingsError(f"随附的模型 {folder} 缺失或已损坏；请重新安装本软件。") from error

    def save(self, folder: Path) -> None:
        """Weights in half precision."""
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        known = {
            "chars": "".join(self.vocabulary.chars),
            "named": list(self.vocabulary.named),
            "read": list(self.vocabulary.read),
            "facts": self.facts,
            "labels": list(self.labels),
        }
        text = json.dumps(known, ensure_ascii=False, indent=0)
        (folder / VOCABULARY).write_text(text + "\n", "utf-8")
        half = {name: one.astype(np.float16) for name, one in sorted(self.weights.items())}
        save_file(half, folder / WEIGHTS)

    def said_in(
        self, text: str, candidates: Sequence[Candidate], found: Iterable[ReadFact],
        definitions: Mapping[str, DefinitionLike],
    ) -> Said:
        """`found`: what the patterns read of the text, in the spelling of `fold`."""
        named = words_named(definitions)
        given = self.vocabulary.input_of(text, candidates, named, found)
        if not len(given.chars):
            return Said((), self.labels, np.zeros((0, len(self.labels)), dtype=np.float32))
        rows = self._embedded(given)
        hidden = both_ways(self.weights, "rnn", LAYERS, rows)
        by_char = relu(linear(self.weights, "says1", np.concatenate([hidden, rows], axis=1)))
        shares = softmax(linear(self.weights, "says2", by_char))[:, : len(self.labels)]
        near = [one for one in candidates if one.end <= len(given.chars)]
        mentions = tuple((one, self._of(one, hidden, definitions)) for one in near)
        return Said(mentions, self.labels, shares)

    def _embedded(self, given: Input) -> NDArray[np.float32]:
        table = self.weights
        rows = [
            table["chars.weight"][given.chars],
            table["pairs.weight"][given.pairs],
            table["kinds.weight"][given.kinds],
            table["named.weight"][given.named].sum(axis=1),
            table["read.weight"][given.read].sum(axis=1),
        ]
        return relu(linear(table, "joined", np.concatenate(rows, axis=1)))

    def _of(
        self, one: Candidate, hidden: NDArray[np.float32], definitions: Mapping[str, DefinitionLike]
    ) -> Chances:
        span = hidden[one.start : one.end]
        row = np.concatenate([span[0], span[-1], span.mean(axis=0)])[None]
        scores = linear(self.weights, "mention2", relu(linear(self.weights, "mention1", row)))[0]
        may = [at for at, fact in enumerate(self.facts) if can_be(fact, one.kind, definitions)]
        shares = softmax(scores[may])
        return {self.facts[at]: float(share) for at, share in zip(may, shares, strict=True)}


class SaidReader(Protocol):
    """What reads a description after the patterns: the network, or nothing."""

    def said_in(
        self, text: str, candidates: Sequence[Candidate], found: Iterable[ReadFact],
        definitions: Mapping[str, DefinitionLike],
    ) -> Said: ...


class _PatternsAlone:
    """Says nothing, neither more than the patterns read nor against it."""

    def said_in(self, *_: object) -> Said:
        return Said((), {}, np.zeros((0, 0), dtype=np.float32))


PATTERNS_ALONE: SaidReader = _PatternsAlone()
"""For words that are no description: a reply behind its question, a cell behind its heading."""

_NUMBERED = (("chars", 2), ("named", 1), ("read", 1))


def _numbered(names: Sequence[str], first: int) -> dict[str, int]:
    return {name: at for at, name in enumerate(names, start=first)}


def can_be(fact: str, kind: str, definitions: Mapping[str, DefinitionLike]) -> bool:
    """Whether a mention of a kind can be of a fact, or of none."""
    if kind == PLACE:
        return fact in (NONE, *PLACES, BOTH_PLACES)
    return fact == NONE or is_of_kind(definitions.get(fact), kind)


def is_of_kind(definition: DefinitionLike | None, kind: str) -> bool:
    """Whether a figure can be of the fact: people are no money."""
    if definition is None or definition.type not in ("number", "series"):
        return False
    unit = definition.unit or ""
    return kind in (*KINDS_BY_UNIT.get(unit, ("bare",)), *_MORE_KINDS.get(unit, ()))


def words_named(definitions: Mapping[str, DefinitionLike]) -> Named:
    """Those of the lists of facts, looked through once for the same definitions."""
    known = list(definitions.values())
    for before, named in _NAMED:
        if len(before) == len(known) and all(map(is_, before, known)):
            return named
    _NAMED[:] = [(known, Named(known)), *_NAMED[:1]]
    return _NAMED[0][1]


_NAMED: list[tuple[list[DefinitionLike], Named]] = []


@lru_cache(maxsize=1)
def load_statement_network() -> StatementNetwork:
    """The one that is shipped.

    Raises:
        SettingsError: it is damaged.
    """
    return StatementNetwork.load(SHIPPED_DIR)


