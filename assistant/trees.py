"""Boosted trees from LightGBM's model file, read as text and evaluated with numpy.

LightGBM trains; a question must not pay for importing it (over a second). No tree is walked: every
split is asked at once, each "no" strikes out the leaves to its left, and the first leaf that is
left is the one (QuickScorer, Lucchese et al., SIGIR 2015).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.errors import SettingsError

MAX_LEAVES = 16
"""Leaves are the bits of 16."""


@dataclass(frozen=True, slots=True)
class Trees:
    """Splits and leaves of every tree, leaves from left to right; short trees are filled up."""

    text: str = field(repr=False)
    """The model file."""
    names: tuple[str, ...]
    feature: NDArray[np.int64]
    """[splits, trees] what is compared."""
    threshold: NDArray[np.float32]
    """[splits, trees] up to here it goes left."""
    struck: NDArray[np.uint8] | NDArray[np.uint16]
    """[splits, trees] the leaves, as bits, that going right strikes out."""
    value: NDArray[np.float64]
    """[trees, leaves] what a leaf adds; as many leaves as `struck` has bits."""

    @classmethod
    def load(cls, path: Path) -> Trees:
        """
        Raises:
            SettingsError: the file is missing or damaged.
        """
        try:
            return parse_trees(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, ValueError, KeyError, IndexError) as error:
            raise SettingsError(f"随附的模型 {path} 缺失或已损坏；请重新安装本软件。") from error

    def save(self, path: Path) -> None:
        path.write_text(self.text, "utf-8")

    def scores(self, rows: NDArray[Any]) -> NDArray[np.float64]:
        """`rows` [n, features], without NaN, read in single precision.

        Returns: float64 [n], the sum of the leaves.
        """
        splits, trees = self.feature.shape
        columns = np.ascontiguousarray(rows.T, dtype=np.float32)
        goes_right = columns.take(self.feature.ravel(), axis=0) > self.threshold.reshape(-1, 1)
        struck = goes_right.view(np.uint8) * self.struck.reshape(-1, 1)
        gone = np.bitwise_or.reduce(struck.reshape(splits, -1), axis=0).reshape(trees, -1)
        first = _FIRST_LEFT.take(gone) + np.arange(trees)[:, None] * self.value.shape[1]
        total: NDArray[np.float64] = self.value.take(first).sum(axis=0)
        return total

    def table(self, rows: Sequence[Mapping[str, float]]) -> NDArray[np.float64]:
        """`table_of` with the model's own names."""
        return table_of(self.names, rows)


def table_of(
    names: Sequence[str], rows: Sequence[Mapping[str, float]]
) -> NDArray[np.float64]:
    """Figures in the order of `names`, 0 where one is missing, others left out.

    Returns: float64 [rows, names].
    """
    made = np.zeros((len(rows), len(names)))
    column = {name: index for index, name in enumerate(names)}
    for row, figures in zip(made, rows, strict=True):
        for name, figure in figures.items():
            if name in column:
                row[column[name]] = figure
    return made


_FIRST_LEFT = np.zeros(2**MAX_LEAVES, dtype=np.int64)
"""The lowest bit that each set of leaves lacks; one leaf is always left."""
for _bit in reversed(range(MAX_LEAVES)):
    _FIRST_LEFT[2**_bit - 1 :: 2 ** (_bit + 1)] = _bit


def parse_trees(text: str) -> Trees:
    """
    Raises:
        ValueError, KeyError, IndexError: this is no model of LightGBM, or a tree of it has more
            than `MAX_LEAVES` leaves.
    """
    header, *blocks = text.split("\nTree=")
    names = tuple(_values(header)["feature_names"].split(" "))
    trees = [_tree(_values(block.split("\nend of trees")[0])) for block in blocks]
    width = max(1, *(len(one.feature) for one in trees))
    if width >= MAX_LEAVES or max(max(one.feature, default=0) for one in trees) >= len(names):
        raise ValueError("a tree is too large, or asks for a figure that has no name")
    bits = np.uint8 if width < 8 else np.uint16
    made = Trees(
        text,
        names,
        np.zeros((width, len(trees)), np.int64),
        np.full((width, len(trees)), np.inf, np.float32),
        np.zeros((width, len(trees)), bits),
        np.zeros((len(trees), 8 * bits().itemsize)),
    )
    for row, one in enumerate(trees):
        splits = len(one.feature)
        made.feature[:splits, row] = one.feature
        made.threshold[:splits, row] = _at_most(one.threshold)
        made.struck[:splits, row] = one.struck
        made.value[row, : splits + 1] = one.value
    return made


def _at_most(thresholds: Sequence[float]) -> NDArray[np.float32]:
    """In single precision and not above: a figure is greater than both or than neither."""
    exact = np.array(thresholds)
    made = exact.astype(np.float32)
    return np.where(made > exact, np.nextafter(made, np.float32(-np.inf)), made)


@dataclass(frozen=True, slots=True)
class _Tree:
    feature: list[int]
    threshold: list[float]
    struck: list[int]
    value: list[float]


def _tree(values: Mapping[str, str]) -> _Tree:
    """One tree with its leaves numbered from left to right."""
    leaves = _floats(values["leaf_value"])
    if len(leaves) == 1:
        return _Tree([], [], [], leaves)
    feature, threshold = _floats(values["split_feature"]), _floats(values["threshold"])
    left, right = _floats(values["left_child"]), _floats(values["right_child"])
    if {len(feature), len(threshold), len(left), len(right)} != {len(leaves) - 1}:
        raise ValueError("the parts of a tree do not fit each other")
    order: list[int] = []
    struck = [0] * len(feature)

    def walk(node: int) -> int:
        """The leaves below a node, as bits; a negative one is a leaf itself."""
        if node < 0:
            order.append(~node)
            return 1 << (len(order) - 1)
        below = walk(int(left[node]))
        struck[node] = below
        return below | walk(int(right[node]))

    if len(leaves) <= MAX_LEAVES:
        walk(0)
    return _Tree([int(one) for one in feature], threshold, struck, [leaves[one] for one in order])


def _floats(words: str) -> list[float]:
    return [float(one) for one in words.split(" ")]


def _values(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
