"""What the ranker's folds gave, set by set: how often the first passages answer, and refusals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.evaluation.resampling import bootstrap_interval
from assistant.retrieval.ranker_training import Example, Trained
from assistant.retrieval.retriever import depth_of

CUTOFFS = (1, 5, 10, 100)
BUDGET_CHARS, BUDGET_K = 1500, 10


def figures(trained: Trained) -> dict[str, Any]:
    """By set: n and, for BM25, the fused scores and the ranker, the measures; and by measure how
    far the ranker is above BM25, question by question, with its 95% interval.

    A measure at k is the share of a question's groups with a passage among the first k; at 1,500
    characters, among the first passages that fit in them. `separation` is the area under the ROC
    curve of the first score between questions that can be answered and those that cannot.
    """
    made: dict[str, Any] = {}
    for name, examples in trained.examples.items():
        answerable = [one.question.groups != () for one in examples]
        bm25 = _measured(examples, [one.figures["bm25"] for one in examples])
        fused = _measured(examples, [one.figures["fused"] for one in examples])
        ranker = _measured(examples, trained.held_out[name], as_searched=True)
        made[name] = {
            "n": sum(answerable),
            "bm25": _means(bm25),
            "fused": _means(fused),
            "ranker": _means(ranker),
            "above_bm25": _differences(ranker, bm25),
        }
        if not all(answerable):
            made[name]["n_unanswerable"] = len(answerable) - sum(answerable)
            made[name]["separation"] = _separation(answerable, trained.probabilities[name])
    return made


def measures(
    example: Example, scores: NDArray[Any], *, as_searched: bool = False
) -> dict[str, float]:
    """Those of one question, by its candidates' scores; `as_searched`: of those candidates alone
    that a search for k passages puts in order.
    """
    found = {}
    for k in CUTOFFS:
        order = _order(example, scores, depth_of(k) if as_searched else None)
        found[f"top_{k}"] = _share(example, order[:k])
    order = _order(example, scores, depth_of(BUDGET_K) if as_searched else None)
    used = np.cumsum([len(example.passages[at].text) for at in order])
    fit = int(np.searchsorted(used, BUDGET_CHARS, side="right"))
    return found | {f"chars_{BUDGET_CHARS}": _share(example, order[:fit])}


def _order(example: Example, scores: NDArray[Any], depth: int | None) -> list[int]:
    kept = list(range(len(scores)))
    if depth is not None:
        kept = np.argsort(-example.figures["fused"], kind="stable")[:depth].tolist()
    return sorted(kept, key=lambda at: (-float(scores[at]), example.passages[at].passage_id))


def _share(example: Example, first: Sequence[int]) -> float:
    found = frozenset(example.passages[at].passage_id for at in first)
    groups = example.question.groups
    return sum(not group.isdisjoint(found) for group in groups) / len(groups)


def _measured(
    examples: Sequence[Example],
    scores: Sequence[NDArray[Any]],
    *,
    as_searched: bool = False,
) -> list[dict[str, float]]:
    """By question that can be answered."""
    return [
        measures(one, values, as_searched=as_searched)
        for one, values in zip(examples, scores, strict=True)
        if one.question.groups
    ]


def _means(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    return {name: round(float(np.mean([row[name] for row in rows])), 4) for name in rows[0]}


def _differences(
    rows: Sequence[dict[str, float]], others: Sequence[dict[str, float]]
) -> dict[str, list[float]]:
    """By measure: the mean difference, and where its 95% interval begins and ends."""
    made = {}
    for name in rows[0]:
        values = [one[name] - other[name] for one, other in zip(rows, others, strict=True)]
        interval = bootstrap_interval(values)
        made[name] = [round(one, 4) for one in (float(np.mean(values)), *interval)]
    return made


def _separation(answerable: Sequence[bool], chances: Sequence[float]) -> float:
    from sklearn.metrics import roc_auc_score

    return round(float(roc_auc_score(answerable, chances)), 4)
