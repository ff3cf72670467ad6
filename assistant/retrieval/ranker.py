"""Candidates to scores: trees put them in order, a logistic model says what the first means.

The score of the first is the probability that it answers the question; those below share its scale
and fall by the odds that the trees give them against it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import SettingsError
from assistant.retrieval.candidates import Pool, features
from assistant.settings import PACKAGE_DIR
from assistant.trees import Trees

SHIPPED_DIR = PACKAGE_DIR / "models" / "ranker"
TREES = "trees.txt"
CALIBRATION = "calibration.json"
OF_FIRST = ("union", "whole", "sentence", "run", "cosine", "bm25_ideal", "title", "path", "rare",
            "q_unknown", "q_length")  # fmt: skip
"""Figures of the first candidate that tell whether it answers, beside its score and its lead."""

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranker:
    """Trees over `candidates.features`, and the weights that make their best a probability."""

    trees: Trees
    weights: Mapping[str, float]
    """By figure of `figures_of_first`, with `bias`."""

    @classmethod
    def load(cls, folder: Path) -> Ranker:
        """
        Raises:
            SettingsError: a file is missing or damaged.
        """
        path = folder / CALIBRATION
        try:
            read = json.loads(path.read_text("utf-8"))
            weights = {name: float(one) for name, one in read.items()}
        except (OSError, ValueError, AttributeError, TypeError) as error:
            raise SettingsError(f"随附的模型 {path} 缺失或已损坏；请重新安装本软件。") from error
        return cls(Trees.load(folder / TREES), weights)

    def scores(self, pool: Pool) -> Values:
        """In (0, 1), the best candidate's being the probability that it answers: [candidates]."""
        figures = features(pool)
        raw = self.trees.scores(columns_of(figures, self.trees.names))
        told = figures_of_first(figures, raw)
        sum_ = sum(self.weights[name] * value for name, value in told.items())
        probability = 1 / (1 + np.exp(-(sum_ + self.weights["bias"])))
        scores: Values = probability * np.exp(raw - raw.max())
        return scores


def columns_of(figures: Mapping[str, Values], names: tuple[str, ...]) -> NDArray[np.float32]:
    """float32 [candidates, names], a name's figures side by side."""
    made = np.empty((len(names), len(figures[names[0]])), dtype=np.float32)
    for row, name in zip(made, names, strict=True):
        row[:] = figures[name]
    turned: NDArray[np.float32] = made.T
    return turned


def figures_of_first(figures: Mapping[str, NDArray[Any]], raw: Values) -> dict[str, float]:
    """What tells whether the best candidate answers; `raw` are the scores of the trees."""
    first = int(raw.argmax())
    second = float(np.sort(raw)[-2:][0])
    told = {name: float(figures[name][first]) for name in OF_FIRST}
    return told | {"raw": float(raw[first]), "lead": float(raw[first]) - second}


@lru_cache(maxsize=1)
def load_ranker() -> Ranker:
    """The shipped ranker.

    Raises:
        SettingsError: it is damaged.
    """
    return Ranker.load(SHIPPED_DIR)


def save_calibration(folder: Path, weights: Mapping[str, Any]) -> None:
    rounded = {name: round(float(one), 6) for name, one in sorted(weights.items())}
    text = json.dumps(rounded, indent=1)
    (folder / CALIBRATION).write_text(text + "\n", "utf-8")
