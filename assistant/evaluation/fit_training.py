"""Train the trees that say how well a sentence fits a question, with LightGBM's LambdaRank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.answering.evidence import Found
from assistant.answering.further import CANDIDATES, MAX_STATEMENTS, further_features
from assistant.answering.sentences import Ranked, Sentence
from assistant.answering.understand import Query
from assistant.errors import EvaluationError
from assistant.evaluation.gold import GoldQuestion, Proof
from assistant.evaluation.measures import shows
from assistant.trees import Trees, parse_trees, table_of

ROUNDS = 150
SETTINGS = {
    "objective": "lambdarank",
    "learning_rate": 0.1,
    "num_leaves": 15,
    "min_data_in_leaf": 40,
    "lambda_l2": 2.0,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambdarank_truncation_level": 5,
    "seed": 1,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbosity": -1,
}
"""Chosen by folds over authors."""
MAX_SENTENCES = 60
"""Of a question, those with the most of its words: the rest teach little and cost time."""
MANY = 200
"""Questions on one document, from which on another one more teaches less."""
FEW_WEIGHT = 4.0
"""Weight of a question on a document with fewer."""


def fit_trees(pairs: Sequence[tuple[GoldQuestion, Found]]) -> Trees:
    """The trees, from questions whose evidence was found; of those with facts: those on added texts
    have long answers, of which each sentence would count as one.

    Raises:
        EvaluationError: LightGBM is not installed, or no question shows its evidence.
    """
    try:
        import lightgbm
    except ImportError as error:
        message = "训练需要 lightgbm：请先 pip install 'policy-assistant[train]'。"
        raise EvaluationError(message) from error
    asked = Counter(doc_id for question, _ in pairs for doc_id in _documents(question))
    names = sorted({name for _, found in pairs for row in found.features for name in row})
    rows: list[NDArray[np.float64]] = []
    labels: list[int] = []
    sizes: list[int] = []
    weights: list[float] = []
    for question, found in pairs:
        proofs = [proof for group in question.evidence for proof in group]
        order = sorted(
            range(len(found.sentences)),
            key=lambda i: (-found.features[i].get("covered", 0.0), i),
        )[:MAX_SENTENCES]
        wanted = [
            any(shows(_span(found.sentences[i]), proof) for proof in proofs) for i in order
        ]
        if not question.facts or not any(wanted) or all(wanted):
            continue
        is_few = all(asked[one] < MANY for one in _documents(question))
        rows.append(table_of(names, [found.features[i] for i in order]))
        labels += [int(one) for one in wanted]
        sizes.append(len(order))
        weights += [FEW_WEIGHT if is_few else 1.0] * len(order)
    if not rows:
        raise EvaluationError("训练题里没有一题找到了它的依据，请检查题集和索引是否相配。")
    data = lightgbm.Dataset(
        np.vstack(rows), labels, group=sizes, weight=weights, feature_name=names
    )
    booster = lightgbm.train(SETTINGS, data, ROUNDS)
    return parse_trees(booster.model_to_string())


def further_steps(
    question: GoldQuestion, query: Query, ranked: Sequence[Ranked]
) -> list[tuple[dict[str, float], bool]]:
    """For each sentence that could be added to an answer: its features, and whether it is needed.

    Goes on from the best sentence by those that are; nothing is learnt where that one is wrong, nor
    from a question without facts: they tell how many parts its answer has.
    """
    steps: list[tuple[dict[str, float], bool]] = []
    chosen = list(ranked[:1])
    open_groups = [
        group
        for group in question.evidence
        if not any(_shows(best, one) for best in chosen for one in group)
    ]
    if not question.facts or not chosen or len(open_groups) == len(question.evidence):
        return steps
    while True:
        needed = None
        for one in ranked[:CANDIDATES]:
            if one in chosen:
                continue
            is_needed = any(_shows(one, proof) for group in open_groups for proof in group)
            steps.append((further_features(query, chosen, one), is_needed))
            needed = needed or (one if is_needed else None)
        if needed is None or len(chosen) == MAX_STATEMENTS:
            return steps
        chosen.append(needed)
        open_groups = [
            group for group in open_groups if not any(_shows(needed, one) for one in group)
        ]


def _shows(one: Ranked, proof: Proof) -> bool:
    return shows(_span(one.sentence), proof)


def _documents(question: GoldQuestion) -> set[str]:
    return {proof.doc_id for group in question.evidence for proof in group}


def _span(sentence: Sentence) -> tuple[str, int, int]:
    return sentence.document.doc_id, sentence.start, sentence.end
