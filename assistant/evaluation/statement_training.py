"""Train the models of `eligibility.learned` on statements and descriptions by many writers.

A statement says one fact; a description many, and which words say which is found by the value. The
figures that belong to no fact, and the clauses that say none, are what the models must leave alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np

from assistant.eligibility.facts import FactDefinition, FactType
from assistant.eligibility.learned import (
    NONE,
    StatementModels,
    clause_features,
    figure_features,
    is_of_kind,
)
from assistant.eligibility.loading import Rules
from assistant.eligibility.parts import Quantity
from assistant.eligibility.quantities import find_quantities
from assistant.eligibility.scope import Sentence, fold, split_sentences
from assistant.errors import EvaluationError
from assistant.evaluation.eligibility import measure_eligibility
from assistant.evaluation.eligibility_gold import Described, EligibilityGold
from assistant.linear import WideModel

STRENGTH = 4.0
"""sklearn's C, chosen by folds over writers."""
MIN_WEIGHT = 0.1
MIN_COUNT = 2
FOLDS = 3

Features = set[str]
_SAID = (FactType.YES_NO, FactType.CHOICE, FactType.SET)
Definitions = Mapping[str, FactDefinition]


@dataclass(frozen=True, slots=True)
class Statement:
    """`fact` is `none` where the text sounds like one and states none."""

    writer: str
    fact: str
    value: str
    text: str


def read_statements(folder: Path) -> list[Statement]:
    """The lines `fact<TAB>value<TAB>text` of every `*.tsv`, a file a writer.

    Raises:
        EvaluationError: naming the line that is no statement.
    """
    found: list[Statement] = []
    for path in sorted(folder.glob("*.tsv")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            parts = line.split("\t")
            if len(parts) != 3 or not all(part.strip() for part in parts):
                raise EvaluationError(f"{path} 第 {number} 行不是“事实、值、说法”三栏。")
            found.append(Statement(path.stem, *parts))
    if not found:
        raise EvaluationError(f"{folder} 里没有训练用的说法（*.tsv）。")
    return found


def by_folds(
    statements: Sequence[Statement], descriptions: Sequence[Described], rules: Rules,
    progress: Callable[[int, int], None] = lambda *_: None,
) -> dict[str, tuple[float, int]]:
    """How well descriptions are read whose writers the models do not know: by measure, with n.

    Those that tell which words say what are counted: they were written to train on, and the
    patterns were not made for them.
    """
    writers = sorted({_writer(one) for one in descriptions if one.said})
    others = sorted({one.writer for one in statements})
    fold_of = {one: at % FOLDS for names in (writers, others) for at, one in enumerate(names)}
    values: dict[str, list[tuple[float, int]]] = {}
    for held_out in range(FOLDS):
        progress(held_out, FOLDS)
        models = train_statements(
            [one for one in statements if fold_of[one.writer] != held_out],
            [one for one in descriptions if fold_of.get(_writer(one)) != held_out],
            {one.fact: one for one in rules.definitions},
        )
        mine = tuple(one for one in descriptions if fold_of.get(_writer(one)) == held_out)
        run = measure_eligibility(EligibilityGold(mine, (), ""), rules, models=models)
        for score in run.scores:
            values.setdefault(score.measure, []).append((score.value, score.n))
    progress(FOLDS, FOLDS)
    return {
        name: (sum(value * n for value, n in found) / sum(n for _, n in found),
               sum(n for _, n in found))
        for name, found in values.items()
    }  # fmt: skip


def _writer(one: Described) -> str:
    return one.row_id.split("-")[0]


def train_statements(
    statements: Sequence[Statement], descriptions: Sequence[Described], definitions: Definitions
) -> StatementModels:
    """The same statements in the same order give the same models."""
    figures: list[tuple[Features, str]] = []
    clauses: list[_Clause] = []
    for one in statements:
        figures += _figures(one.text, {one.fact: one.value}, frozenset(), definitions)
        clauses += _clauses(one.text, {one.fact: one.value}, {one.fact: one.text}, definitions)
    for row in descriptions:
        may = frozenset(key.split("@")[0] for key in (*row.may, *row.contradictions))
        figures += _figures(row.text, row.facts, may, definitions)
        open_facts = may | (frozenset() if row.said else frozenset(row.facts))
        clauses += _clauses(row.text, row.facts, row.said, definitions, open_facts)
    return StatementModels(_one_of(figures), _any_of(clauses))


def _figures(
    text: str, facts: Mapping[str, Any], may: frozenset[str], definitions: Definitions
) -> Iterator[tuple[Features, str]]:
    """Each figure of a text with its fact; those that may be of several are left out."""
    for sentence, quantity in _quantities(text):
        told = {
            key.split("@")[0]
            for key, value in facts.items()
            if is_of_kind(definitions.get(key.split("@")[0]), quantity)
            and _values(value) & _amounts(quantity, definitions[key.split("@")[0]])
        }
        if len(told) > 1 or any(is_of_kind(definitions.get(one), quantity) for one in may):
            continue
        yield figure_features(sentence, quantity), told.pop() if told else NONE


def _quantities(text: str) -> Iterator[tuple[Sentence, Quantity]]:
    for sentence in split_sentences(fold(text).text):
        for one in find_quantities(sentence.text):
            start, end = one.start + sentence.start, one.end + sentence.start
            yield sentence, Quantity(start, end, one.kind, one.bound, one.value, one.upper)


def _values(written: Any) -> set[Decimal]:
    """The numbers of a value as gold and statements write it: `~30`, `800..900`, `1|2`."""
    found: set[Decimal] = set()
    for part in str(written).replace("|", "..").split(".."):
        try:
            found.add(abs(Decimal(part.strip("~<>= "))))
        except InvalidOperation:
            continue
    return found


def _amounts(quantity: Quantity, definition: FactDefinition) -> set[Decimal]:
    scale = Decimal(10**4) if definition.unit == "万元" and quantity.kind == "money" else Decimal(1)
    values = [one for one in (quantity.value, quantity.upper) if one is not None]
    return {abs(one / scale) for one in values}


@dataclass(frozen=True, slots=True)
class _Clause:
    """`open`: facts that it may say, for all that is known."""

    features: Features
    said: frozenset[str]
    open: frozenset[str] = frozenset()


def _clauses(
    text: str, facts: Mapping[str, Any], said: Mapping[str, str], definitions: Definitions,
    open_facts: frozenset[str] = frozenset(),
) -> Iterator[_Clause]:
    """Each clause of a text with what it says, figures and days aside."""
    plain = fold(text).text
    labels: list[tuple[int, int, str]] = []
    for fact, words in said.items():
        definition = definitions.get(fact)
        at = plain.find(fold(words).text)
        if definition is not None and definition.type in _SAID and at >= 0:
            values = facts[fact] if isinstance(facts[fact], list) else [facts[fact]]
            if any("|" in str(one) for one in values):
                open_facts |= {fact}  # either would do
                continue
            end = at + len(fold(words).text)
            labels += [(at, end, f"{fact}={_written(value)}") for value in values]
    for sentence in split_sentences(plain):
        for clause in sentence.clauses:
            told = {name for at, end, name in labels if at < clause.end and clause.start < end}
            if clause.text.strip():
                features = clause_features(sentence, clause)
                yield _Clause(features, frozenset(told), open_facts)


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _one_of(examples: Sequence[tuple[Features, str]]) -> WideModel:
    """One label an example: the softmax of all."""
    from sklearn.linear_model import LogisticRegression

    names, table = _table([features for features, _ in examples])
    model = LogisticRegression(C=STRENGTH, max_iter=300)
    model.fit(table, [label for _, label in examples])
    weights, intercepts = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # of two labels the second alone has weights
        weights, intercepts = np.vstack([0 * weights, weights]), np.append(0, intercepts)
    return _wide(tuple(map(str, model.classes_)), names, (weights, intercepts))


def _any_of(examples: Sequence[_Clause]) -> WideModel:
    """Any number of labels an example: a logistic model each, of those that are known of it."""
    from sklearn.linear_model import LogisticRegression

    names, table = _table([one.features for one in examples])
    labels = sorted({label for one in examples for label in one.said})
    models = []
    for label in labels:
        fact = label.partition("=")[0]
        is_known = [float(fact not in one.open) for one in examples]
        model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=0)
        models.append(model.fit(table, [label in one.said for one in examples], is_known))
    weights = np.concatenate([one.coef_ for one in models])
    intercepts = np.concatenate([one.intercept_ for one in models])
    return _wide(tuple(labels), names, (weights, intercepts))


def _table(every: Sequence[Features]) -> tuple[Sequence[str], Any]:
    """Names of features that are met more than once, and a sparse [examples, names]."""
    from sklearn.feature_extraction import DictVectorizer

    counts = Counter(key for features in every for key in features)
    vectors = DictVectorizer(dtype=np.float32)
    table = vectors.fit_transform(
        [{key: 1.0 for key in sorted(one) if counts[key] >= MIN_COUNT} for one in every]
    )
    table.indices = table.indices.astype(np.int32)  # liblinear takes no others
    table.indptr = table.indptr.astype(np.int32)
    return vectors.get_feature_names_out(), table


def _wide(
    labels: tuple[str, ...], names: Sequence[str], learnt: tuple[Any, Any]
) -> WideModel:
    """`learnt`: [labels, names] weights and [labels] intercepts."""
    weights = {}
    for name, column in zip(names, learnt[0].T, strict=True):
        at = np.flatnonzero(abs(column) >= MIN_WEIGHT)
        if len(at):
            weights[name] = at, column[at].astype(np.float32)
    return WideModel(labels, learnt[1].astype(np.float32), weights)
