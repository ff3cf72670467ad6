"""Linear models over named features: small enough to ship as text, quick enough for each question.

A model file is UTF-8 text. Its first line names the labels, tab-separated; each further line is a
feature and its weight for each label, 0 left blank. The feature `BIAS` stands for the intercept.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import SettingsError

BIAS = "\u22a5"


@dataclass(frozen=True, slots=True)
class LinearModel:
    """`score(label) = Σ value · weight(feature, label)`; an unknown feature weighs nothing."""

    labels: tuple[str, ...]
    weights: Mapping[str, tuple[float, ...]]

    @classmethod
    def load(cls, path: Path) -> LinearModel:
        """
        Raises:
            SettingsError: the file is missing or damaged.
        """
        try:
            header, *lines = path.read_text("utf-8").rstrip("\n").split("\n")
            labels = tuple(header.split("\t"))
            rows = (line.split("\t") for line in lines)
            weights = {
                feature: tuple(float(one or 0) for _, one in zip(labels, row, strict=True))
                for feature, *row in rows
            }
        except (OSError, UnicodeDecodeError, ValueError) as error:
            raise SettingsError(f"随附的模型 {path} 缺失或已损坏；请重新安装本软件。") from error
        return cls(labels, weights)

    def save(self, path: Path) -> None:
        rows = ["\t".join(self.labels)]
        for feature in sorted(self.weights):
            values = (f"{one:.2f}".rstrip("0").rstrip(".") for one in self.weights[feature])
            row = ["" if one in ("0", "-0") else one for one in values]
            if any(row):
                rows.append("\t".join([feature, *row]))
        path.write_text("\n".join(rows) + "\n", "utf-8")

    def scores(self, features: Mapping[str, float]) -> tuple[float, ...]:
        """One score a label, in the order of `labels`."""
        totals = list(self.weights.get(BIAS, (0.0,) * len(self.labels)))
        for feature, value in features.items():
            for index, weight in enumerate(self.weights.get(feature, ())):
                totals[index] += value * weight
        return tuple(totals)

    def best(self, features: Mapping[str, float], barred: Collection[str] = ()) -> str:
        """The label with the highest score of those not barred; the first among equals."""
        score_of = dict(zip(self.labels, self.scores(features), strict=True))
        labels = [one for one in self.labels if one not in barred]
        return max(labels or self.labels, key=score_of.__getitem__)


def probability(score: float) -> float:
    """The logistic function.

    >>> probability(0.0)
    0.5
    """
    return 1 / (1 + math.exp(-score)) if score > -700 else 0.0


def grams(words: str, sizes: Iterable[int]) -> dict[str, float]:
    """Character n-grams with the ends marked, each once.

    >>> sorted(grams("几家", (2,)))
    ['^几', '几家', '家$']
    """
    marked = f"^{words}$".replace("\t", " ").replace("\n", " ")
    return {
        marked[i : i + size]: 1.0 for size in sizes for i in range(len(marked) - size + 1)
    }
