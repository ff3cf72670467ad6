"""Train the ranker: LambdaMART over the candidates of judged questions (Burges 2010), by folds.

Each question is counted by trees that saw none of its group (its document, its law or its author);
the logistic model that turns a score into a probability is learnt from those held-out scores.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.candidates import CORE, features
from assistant.retrieval.embedder import ShippedEmbedder
from assistant.retrieval.ranker import (
    TREES,
    columns_of,
    figures_of_first,
    save_calibration,
)
from assistant.retrieval.store import PolicyIndex
from assistant.retrieval.training import FOLDS, folds_of
from assistant.schema import Passage
from assistant.trees import parse_trees

ROUNDS = 500
DEPTH = 100
"""The candidates of a search for so many are measured; a question teaches from the core of them."""
PARAMETERS = {
    "objective": "lambdarank", "learning_rate": 0.03, "num_leaves": 8, "min_data_in_leaf": 40,
    "feature_fraction": 0.4, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0,
    "lambdarank_truncation_level": 20, "deterministic": True, "force_row_wise": True,
    "num_threads": 1, "verbosity": -1,
}  # fmt: skip

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with the ids of the passages that answer it; none where the corpus cannot.

    `groups`: a question may need several passages; any one of a group suffices.
    """

    text: str
    groups: tuple[frozenset[str], ...]
    fold_key: str


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """Questions on one index. `weight`: what a question counts in training.

    `embedder_folds`: holds the embedders that saw no question of a fold, where the index's did.
    """

    name: str
    index: PolicyIndex
    questions: Sequence[Judged]
    weight: float = 1.0
    embedder_folds: Path | None = None


@dataclass(frozen=True, slots=True)
class Example:
    """The candidates of one question; arrays are [candidates] but for `table`, which `figures`
    names the columns of.
    """

    question: Judged
    passages: Sequence[Passage]
    figures: dict[str, NDArray[np.float32]]
    table: NDArray[np.float32]
    is_right: NDArray[np.bool_]
    weight: float
    fold: int


@dataclass(frozen=True, slots=True)
class Trained:
    """Held-out scores by set, question by question, [candidates] each."""

    names: tuple[str, ...]
    examples: dict[str, list[Example]]
    held_out: dict[str, list[NDArray[np.float64]]]
    probabilities: dict[str, list[float]]


def train_ranker(
    sets: Sequence[JudgedSet], out_dir: Path, *, seed: int, progress: Progress
) -> Trained:
    """Train, write the model's files, and return what the folds gave."""
    # Gold folders may ask of the same document: their folds are drawn together. The embedder's
    # folds are those of its own questions.
    keys = [one.fold_key for each in sets if each.embedder_folds is None for one in each.questions]
    together = folds_of(keys)
    examples = {one.name: _examples(one, together, progress) for one in sets}
    every = [example for one in examples.values() for example in one]
    names = tuple(every[0].figures)
    held_out: dict[int, NDArray[np.float64]] = {}
    for fold in sorted({one.fold for one in every}):  # few groups leave some empty
        progress("分折训练", fold, FOLDS + 1)
        text = _boost([one for one in every if one.fold != fold], names, seed)
        trees = parse_trees(text)
        for one in every:
            if one.fold == fold:
                held_out[id(one)] = trees.scores(one.table)
    weights, chances = _calibrated(every, held_out)
    progress("分折训练", FOLDS, FOLDS + 1)
    out_dir.mkdir(parents=True, exist_ok=True)
    (out_dir / TREES).write_text(_boost(every, names, seed), "utf-8")
    save_calibration(out_dir, weights)
    progress("分折训练", FOLDS + 1, FOLDS + 1)
    return Trained(
        names,
        examples,
        {name: [held_out[id(one)] for one in found] for name, found in examples.items()},
        {name: [chances[id(one)] for one in found] for name, found in examples.items()},
    )


def _examples(
    judged: JudgedSet, together: Mapping[str, int], progress: Progress
) -> list[Example]:
    fold_of = together
    if judged.embedder_folds is not None:
        fold_of = folds_of([one.fold_key for one in judged.questions])
    retrievers = [
        judged.index.retriever
        if judged.embedder_folds is None
        else judged.index.seen_by(ShippedEmbedder(judged.embedder_folds / f"fold-{fold}"))
        for fold in range(FOLDS)
    ]
    made = []
    for number, question in enumerate(judged.questions, start=1):
        found = retrievers[fold_of[question.fold_key]].pool(question.text, DEPTH)
        progress(f"取候选 {judged.name}", number, len(judged.questions))
        if found is None:
            continue
        pool = found[1]
        figures = features(pool)
        table = columns_of(figures, tuple(figures))
        right = frozenset[str]().union(*question.groups)
        made.append(
            Example(
                question,
                pool.passages,
                dict(zip(figures, table.T, strict=True)),
                table,
                np.array([passage.passage_id in right for passage in pool.passages]),
                judged.weight,
                fold_of[question.fold_key],
            )
        )
    return made


def _boost(examples: Sequence[Example], names: tuple[str, ...], seed: int) -> str:
    """The trees as LightGBM's text, less its parameters: those are here."""
    import lightgbm

    tables, labels, sizes, weights = [], [], [], []
    for one in examples:
        kept = np.argsort(-one.figures["fused"], kind="stable")[:CORE]
        if not one.is_right[kept].any():
            continue
        tables.append(one.table[kept])
        labels.append(one.is_right[kept])
        sizes.append(len(kept))
        weights.append(one.weight)
    data = lightgbm.Dataset(
        np.concatenate(tables),
        np.concatenate(labels).astype(int),
        group=sizes,
        weight=np.repeat(weights, sizes),
        feature_name=list(names),
    )
    booster: Any = lightgbm.train(PARAMETERS | {"seed": seed}, data, ROUNDS)
    text: str = booster.model_to_string()
    return text.split("\nfeature_importances:")[0] + "\n"


def _calibrated(
    examples: Sequence[Example], held_out: dict[int, NDArray[np.float64]]
) -> tuple[dict[str, float], dict[int, float]]:
    """Logistic weights over the first candidate's figures; by example its held-out probability."""
    from sklearn.linear_model import LogisticRegression

    told = [figures_of_first(one.figures, held_out[id(one)]) for one in examples]
    names = list(told[0])
    table = np.array([[one[name] for name in names] for one in told])
    right = np.array([bool(one.is_right[held_out[id(one)].argmax()]) for one in examples])
    weight = np.array([one.weight for one in examples])
    fold = np.array([one.fold for one in examples])

    def fitted(kept: NDArray[np.bool_]) -> Any:
        model = LogisticRegression(C=1.0, max_iter=2000)
        return model.fit(table[kept], right[kept], weight[kept])

    chances = np.zeros(len(examples))
    for number in np.unique(fold):
        mine = fold == number
        chances[mine] = fitted(~mine).predict_proba(table[mine])[:, 1]
    model = fitted(np.ones(len(examples), dtype=bool))
    weights = dict(zip(names, model.coef_[0].tolist(), strict=True))
    by_example = {id(one): float(chance) for one, chance in zip(examples, chances, strict=True)}
    return weights | {"bias": float(model.intercept_[0])}, by_example
