"""Train the network of `eligibility.learned` on `statement_examples`, by torch; the same rows give
the same bytes on one machine.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.eligibility.learned import (
    LAYERS,
    NONE,
    StatementNetwork,
    can_be,
    words_named,
)
from assistant.eligibility.loading import Rules
from assistant.eligibility.network_input import KINDS, PAIRS, UNKNOWN, Input, Vocabulary, keys_of
from assistant.evaluation.eligibility import measure_eligibility
from assistant.evaluation.eligibility_gold import Described, EligibilityGold
from assistant.evaluation.statement_examples import (
    Definitions,
    Example,
    TrainingText,
    examples_of,
)

SIZES = {"chars": 64, "pairs": 48, "kinds": 16, "named": 48, "read": 48}
"""Numbers of each character's parts."""
JOINED, HIDDEN, BETWEEN = 192, 128, 192
DROPOUT = 0.3
EPOCHS = 12
BATCH = 32
RATE = 5e-3
DECAY = 1e-4
SAID_WEIGHT = 4.0
"""Of what characters say beside what mentions are of."""
UNSEEN_CHARS = 0.04
UNREAD = 0.1
"""So many characters are shown as unknown, and so many texts without what the patterns read."""
FOLDS = 3
UNTOLD = -1

Progress = Callable[[int, int], None]


def by_folds(
    told: TrainingText, rules: Rules, progress: Progress = lambda *_: None
) -> dict[str, tuple[float, int]]:
    """How well descriptions are read whose writers the network does not know: by measure, with n.

    Those that the patterns were made for are not counted.
    """
    writers = sorted({_writer(one) for one in told.descriptions})
    others = sorted({one.writer for one in told.statements})
    fold_of = {one: at % FOLDS for names in (writers, others) for at, one in enumerate(names)}
    values: dict[str, list[tuple[float, int]]] = {}
    definitions = {one.fact: one for one in rules.definitions}
    for held_out in range(FOLDS):
        progress(held_out, FOLDS)
        known = TrainingText(
            [one for one in told.statements if fold_of[one.writer] != held_out],
            [one for one in told.descriptions if fold_of[_writer(one)] != held_out],
            told.mended_with,
        )
        network = train_statements(known, definitions)
        mine = tuple(one for one in told.descriptions if fold_of[_writer(one)] == held_out)
        run = measure_eligibility(EligibilityGold(mine, (), ""), rules, network=network)
        for score in run.scores:
            values.setdefault(score.measure, []).append((score.value, score.n))
    return {
        name: (sum(value * n for value, n in found) / sum(n for _, n in found),
               sum(n for _, n in found))
        for name, found in values.items()
    }  # fmt: skip


def _writer(one: Described) -> str:
    return one.row_id.split("-")[0]


def train_statements(
    told: TrainingText, definitions: Definitions, progress: Progress = lambda *_: None,
    epochs: int = EPOCHS,
) -> StatementNetwork:
    """The same rows in the same order give the same network on one machine."""
    return _Training(examples_of(told, definitions), definitions).run(progress, epochs)


@dataclass(frozen=True, slots=True)
class _Row:
    """`mentions` int [m, 3]: start, end and fact, `kinds` [m]; `spans`: start, end and label, or
    None; then `may_say` bool [labels + 1] tells which a character may have.
    """

    given: Input
    mentions: NDArray[np.int64]
    kinds: list[int]
    spans: tuple[tuple[int, int, int], ...] | None
    may_say: NDArray[np.bool_]


class _Training:
    """The vocabulary, rows and network of one training."""

    def __init__(self, examples: Sequence[Example], definitions: Definitions) -> None:
        import torch

        torch.manual_seed(0)
        self._random = random.Random(0)
        named = words_named(definitions)
        chars = Counter(char for one in examples for char in one.text)
        read = Counter(key for one in examples for fact in one.drawn.found for key in keys_of(fact))
        self._vocabulary = Vocabulary(
            {one: at for at, one in enumerate(_twice(chars), start=2)},
            {one: at for at, one in enumerate(named.keys, start=1)},
            {one: at for at, one in enumerate(_twice(read), start=1)},
        )
        facts = {fact for one in examples for fact in one.mentions if fact is not None}
        self._facts = (NONE, *sorted(facts - {NONE}))
        labels = sorted({span[2] for one in examples for span in one.spans or ()})
        self._labels = {one: at for at, one in enumerate(labels)}
        self._may = torch.tensor([
            [0.0 if can_be(fact, kind, definitions) else -1e4 for fact in self._facts]
            for kind in KINDS
        ])  # fmt: skip
        self._rows = [self._row(one, named) for one in examples]
        self._network = _network(self._vocabulary, len(self._facts), len(self._labels))

    def _row(self, one: Example, named: Any) -> _Row:
        found = [] if one.is_mended_with else one.drawn.found
        given = self._vocabulary.input_of(one.text, one.drawn.candidates, named, found)
        count = len(given.chars)
        numbers = {fact: at for at, fact in enumerate(self._facts)}
        near = [
            (each, UNTOLD if fact is None else numbers[fact])
            for each, fact in zip(one.drawn.candidates, one.mentions, strict=True)
            if each.end <= count
        ]
        spans = None
        if one.spans is not None:
            spans = tuple((start, end, self._labels[name]) for start, end, name in one.spans)
        may_say = [label.partition("=")[0] in one.may_state for label in self._labels]
        return _Row(
            given,
            np.array([(each.start, each.end, at) for each, at in near]).reshape(-1, 3),
            [KINDS.index(each.kind) for each, _ in near],
            spans,
            np.array([*may_say, True]),
        )

    def run(self, progress: Progress, epochs: int) -> StatementNetwork:
        import torch

        network = self._network
        chosen = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
        total = epochs * len(list(self._batches()))
        self._random.seed(0)
        pace = torch.optim.lr_scheduler.OneCycleLR(
            chosen, RATE, total_steps=total + 1, pct_start=0.1
        )
        for at in range(epochs):
            for done, batch in enumerate(self._batches()):
                loss = self._loss(batch)
                chosen.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                chosen.step()
                pace.step()
                progress(at * (total // epochs) + done + 1, total)
        weights = {name: one.detach().numpy() for name, one in network.state_dict().items()}
        return StatementNetwork(self._vocabulary, self._facts, self._labels, weights)

    def _batches(self) -> Iterator[list[_Row]]:
        """Rows in a new order, those of like length together."""
        order = list(range(len(self._rows)))
        self._random.shuffle(order)
        batches = []
        for begin in range(0, len(order), BATCH * 20):
            near = sorted(
                order[begin : begin + BATCH * 20], key=lambda at: len(self._rows[at].given.chars)
            )
            batches += [near[at : at + BATCH] for at in range(0, len(near), BATCH)]
        self._random.shuffle(batches)
        yield from ([self._rows[at] for at in batch] for batch in batches)

    def _loss(self, batch: Sequence[_Row]) -> Any:
        import torch
        from torch.nn.functional import cross_entropy

        most = max(len(one.given.chars) for one in batch)
        given = {
            name: torch.tensor(np.stack([_padded(getattr(one.given, name), most) for one in batch]))
            for name in SIZES
        }
        given["chars"][torch.rand(given["chars"].shape) < UNSEEN_CHARS] = UNKNOWN
        given["read"][torch.rand(len(batch)) < UNREAD] = 0
        lengths = torch.tensor([len(one.given.chars) for one in batch])
        mentions = [(at, *one) for at, row in enumerate(batch) for one in row.mentions.tolist()]
        where = torch.tensor(mentions).reshape(-1, 4)
        of, says = _asked(self._network, given, lengths, where[:, :3])
        loss = torch.zeros(())
        if (where[:, 3] != UNTOLD).any():
            may = self._may[[kind for row in batch for kind in row.kinds]]
            loss = loss + cross_entropy(of + may, where[:, 3], ignore_index=UNTOLD)
        return loss + SAID_WEIGHT * self._loss_of_said(batch, says)

    def _loss_of_said(self, batch: Sequence[_Row], says: Any) -> Any:
        """By character: of its label, or that it has none of those that it cannot have."""
        import torch

        shares = says.log_softmax(-1)
        losses = []
        for row, one in zip(shares, batch, strict=True):
            count = len(one.given.chars)
            if one.spans is None:
                losses.append(-row[:count, torch.tensor(one.may_say)].logsumexp(-1))
                continue
            labels = torch.full((count, 1), len(self._labels))
            for start, end, label in self._random.sample(one.spans, len(one.spans)):
                labels[start : min(end, count)] = label
            losses.append(-row[:count].gather(1, labels)[:, 0])
        return torch.cat(losses).mean()


def _twice(counts: Counter[str]) -> list[str]:
    return sorted(one for one, count in counts.items() if count > 1)


def _padded(rows: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    made = np.zeros((count, *rows.shape[1:]), dtype=np.int64)
    made[: len(rows)] = rows
    return made


def _network(vocabulary: Vocabulary, facts: int, labels: int) -> Any:
    """The parts, named as `StatementNetwork` has them."""
    from torch import nn

    counts = {
        "chars": len(vocabulary.chars) + 2, "pairs": PAIRS, "kinds": len(KINDS),
        "named": len(vocabulary.named) + 1, "read": len(vocabulary.read) + 1,
    }  # fmt: skip
    bags = ("named", "read")
    parts = nn.ModuleDict({
        name: nn.Embedding(counts[name], size, padding_idx=0 if name in bags else None)
        for name, size in SIZES.items()
    })
    nn.init.normal_(parts["pairs"].weight, 0, 0.1)
    parts["joined"] = nn.Linear(sum(SIZES.values()), JOINED)
    parts["rnn"] = nn.LSTM(
        JOINED, HIDDEN, LAYERS, batch_first=True, bidirectional=True, dropout=DROPOUT
    )
    parts["mention1"] = nn.Linear(6 * HIDDEN, BETWEEN)
    parts["mention2"] = nn.Linear(BETWEEN, facts)
    parts["says1"] = nn.Linear(2 * HIDDEN + JOINED, BETWEEN)
    parts["says2"] = nn.Linear(BETWEEN, labels + 1)
    return parts


def _asked(parts: Any, given: Mapping[str, Any], lengths: Any, where: Any) -> tuple[Any, Any]:
    """Scores of the facts of each mention, [m, facts], and of the labels of each character."""
    import torch
    from torch import nn

    def drop(rows: Any) -> Any:
        return nn.functional.dropout(rows, DROPOUT)

    embedded = [parts[name](given[name]) for name in SIZES]
    embedded = [one.sum(2) if one.dim() == 4 else one for one in embedded]
    rows = torch.relu(parts["joined"](drop(torch.cat(embedded, -1))))
    packed = nn.utils.rnn.pack_padded_sequence(
        rows, lengths, batch_first=True, enforce_sorted=False
    )
    hidden, _ = nn.utils.rnn.pad_packed_sequence(
        parts["rnn"](packed)[0], batch_first=True, total_length=rows.shape[1]
    )
    hidden = drop(hidden)
    row, start, end = where.T
    sums = nn.functional.pad(hidden, (0, 0, 1, 0)).cumsum(1)
    mean = (sums[row, end] - sums[row, start]) / (end - start)[:, None]
    span = torch.cat([hidden[row, start], hidden[row, end - 1], mean], -1)
    of = parts["mention2"](drop(torch.relu(parts["mention1"](span))))
    says = torch.relu(parts["says1"](torch.cat([hidden, rows], -1)))
    return of, parts["says2"](drop(says))
