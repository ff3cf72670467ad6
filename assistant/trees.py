"""Boosted trees from LightGBM's model file, read as text and evaluated with numpy.

LightGBM trains; a question must not pay for importing it (over a second). All trees of all rows
step down together, so the cost is that of the deepest tree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.errors import SettingsError


@dataclass(frozen=True, slots=True)
class Trees:
    """`names` [features]; nodes of all trees in a row, leaves as nodes that lead to themselves."""

    names: tuple[str, ...]
    roots: NDArray[np.int32]
    """[trees] the node each tree begins at."""
    feature: NDArray[np.int32]
    """[nodes] what is compared; 0 in a leaf."""
    threshold: NDArray[np.float64]
    """[nodes] up to here it goes left."""
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float64]
    """[nodes] what a leaf adds; 0 elsewhere."""
    depth: int

    @classmethod
    def load(cls, path: Path) -> Trees:
        """
        Raises:
            SettingsError: the file is missing or damaged.
        """
        try:
            return _parse(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, ValueError, KeyError, IndexError) as error:
            raise SettingsError(f"随附的模型 {path} 缺失或已损坏；请重新安装本软件。") from error

    def scores(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """`rows` [n, features], without NaN. Returns: float64 [n], the sum of the leaves."""
        at = np.broadcast_to(self.roots, (len(rows), len(self.roots))).copy()
        index = np.arange(len(rows))[:, None]
        for _ in range(self.depth):
            goes_left = rows[index, self.feature[at]] <= self.threshold[at]
            at = np.where(goes_left, self.left[at], self.right[at])
        total: NDArray[np.float64] = self.value[at].sum(axis=1)
        return total

    def table(self, rows: Sequence[Mapping[str, float]]) -> NDArray[np.float64]:
        """Named figures in the order of `names`, 0 where one is missing: float64 [n, features]."""
        made = np.zeros((len(rows), len(self.names)))
        column = {name: index for index, name in enumerate(self.names)}
        for row, figures in zip(made, rows, strict=True):
            for name, figure in figures.items():
                if name in column:
                    row[column[name]] = figure
        return made


def _parse(text: str) -> Trees:
    header, *blocks = text.split("\nTree=")
    names = tuple(_values(header)["feature_names"].split(" "))
    roots: list[int] = []
    feature: list[int] = []
    threshold: list[float] = []
    left: list[int] = []
    right: list[int] = []
    value: list[float] = []
    deepest = 0
    for block in blocks:
        values = _values(block.split("\nend of trees")[0])
        leaves = [float(one) for one in values["leaf_value"].split(" ")]
        splits = len(leaves) - 1
        base = len(feature)
        roots.append(base)

        def node(child: int, base: int = base, splits: int = splits) -> int:
            return base + child if child >= 0 else base + splits + ~child

        if splits:
            feature += [int(one) for one in values["split_feature"].split(" ")]
            threshold += [float(one) for one in values["threshold"].split(" ")]
            left += [node(int(one)) for one in values["left_child"].split(" ")]
            right += [node(int(one)) for one in values["right_child"].split(" ")]
            value += [0.0] * splits
        own = range(base + splits, base + splits + len(leaves))
        feature += [0] * len(leaves)
        threshold += [0.0] * len(leaves)
        left += own
        right += own
        value += leaves
        deepest = max(deepest, _depth(base, base + splits, left, right))
    sizes = {len(feature), len(threshold), len(left), len(right), len(value)}
    if len(sizes) != 1 or max(feature, default=0) >= len(names) or not roots:
        raise ValueError("the parts of a tree do not fit each other")
    return Trees(
        names,
        np.array(roots, np.int32),
        np.array(feature, np.int32),
        np.array(threshold),
        np.array(left, np.int32),
        np.array(right, np.int32),
        np.array(value),
        deepest,
    )


def _values(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _depth(root: int, first_leaf: int, left: Sequence[int], right: Sequence[int]) -> int:
    """Steps from the root to the farthest leaf; nodes before `first_leaf` split."""
    level, steps = [root], 0
    while any(one < first_leaf for one in level):
        level = [child for one in level if one < first_leaf for child in (left[one], right[one])]
        steps += 1
    return steps
