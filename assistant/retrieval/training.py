"""Train the shipped static embedder: one vector a piece, in two stages.

First from texts alone: a sentence and the rest of its article, or its neighbour. Then from
questions and the passages that answer them, against passages that are near and do not (hard
negatives). The loss is InfoNCE over the batch (van den Oord et al. 2018, arXiv 1807.03748).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.retrieval.training_pairs import (
    MAX_CHARS,
    Asked,
    Pair,
    answered_pairs,
    article_pairs,
    asked_of_articles,
    news_pairs,
    plain,
    read_articles,
)

DIMENSIONS = 256
BATCH = 512
TEMPERATURE = 0.05
TEXT_RATE, TEXT_EPOCHS = 0.02, 1
ASKED_RATE, ASKED_EPOCHS = 0.015, 6
LEAST_RATE = 0.05
"""The share of a learning rate that is left at the end; it falls in a line."""
REPEATS = 4
"""A question on an article counts as many of those with an answer: there are few."""
NEAREST = 60
"""Articles nearest to a question by the first stage, from which its hard negatives are drawn."""
FOLDS = 5

Ids = NDArray[np.int64]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A question, a passage that answers it, passages that do not; as piece ids.

    `key` names the passage: another question of the batch with the same one is no negative.
    """

    question: Ids
    passage: Ids
    others: Sequence[Ids]
    key: str


class Student:
    """A tokenizer and a vector a piece, with what training them takes."""

    def __init__(self, tokenizer_path: Path, seed: int) -> None:
        import torch
        from tokenizers import Tokenizer

        torch.set_num_threads(1)  # sums of several threads differ from run to run
        torch.manual_seed(seed)
        self._seed = seed
        self._tokenizer_file = tokenizer_path.read_bytes()
        self.tokenizer: Any = Tokenizer.from_file(str(tokenizer_path))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MAX_CHARS)
        size = self.tokenizer.get_vocab_size()
        self.bag: Any = torch.nn.EmbeddingBag(size, DIMENSIONS, mode="mean", sparse=True)
        torch.nn.init.normal_(self.bag.weight, std=0.05)

    def ids(self, texts: Sequence[str]) -> list[Ids]:
        encoded = self.tokenizer.encode_batch_fast(list(texts))
        return [np.array(one.ids or [0], dtype=np.int64) for one in encoded]

    def vectors(self, rows: Sequence[Ids]) -> Any:
        """A tensor [rows, DIMENSIONS], each of length 1."""
        import torch

        lengths = torch.tensor([len(row) for row in rows])
        offsets = torch.cat([torch.zeros(1, dtype=torch.long), lengths.cumsum(0)[:-1]])
        made = self.bag(torch.from_numpy(np.concatenate(rows)), offsets)
        return torch.nn.functional.normalize(made, dim=1)

    def learn(
        self, lessons: Sequence[Lesson], epochs: int, rate: float, progress: Progress
    ) -> None:
        """Each lesson once an epoch; batches of less than `BATCH` are left out."""
        import torch

        optimizer = torch.optim.SparseAdam(list(self.bag.parameters()), lr=rate)
        batch = min(BATCH, len(lessons))
        steps = epochs * (len(lessons) // batch)
        chance = np.random.RandomState(self._seed)
        done = 0
        for _ in range(epochs):
            order = chance.permutation(len(lessons))
            for begin in range(0, len(order) - batch + 1, batch):
                optimizer.param_groups[0]["lr"] = rate * max(LEAST_RATE, 1 - done / steps)
                loss = self._loss([lessons[at] for at in order[begin : begin + batch]], chance)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                done += 1
                progress("训练", done, steps)

    def _loss(self, lessons: Sequence[Lesson], chance: np.random.RandomState) -> Any:
        import torch

        questions = self.vectors([one.question for one in lessons])
        passages = self.vectors([one.passage for one in lessons])
        scores = questions @ passages.T / TEMPERATURE
        keys = np.array([one.key for one in lessons])
        same = torch.from_numpy(keys[:, None] == keys[None, :])
        same &= ~torch.eye(len(lessons), dtype=torch.bool)
        scores = scores.masked_fill(same, -1e4)
        target = torch.arange(len(lessons))
        loss = torch.nn.functional.cross_entropy(scores.T, target)
        if lessons[0].others:
            drawn = [one.others[chance.randint(len(one.others))] for one in lessons]
            hard = questions @ self.vectors(drawn).T / TEMPERATURE
            scores = torch.cat([scores, hard], dim=1)
        return loss + torch.nn.functional.cross_entropy(scores, target)

    def state(self) -> Any:
        return self.bag.weight.detach().clone()

    def restore(self, state: Any) -> None:
        import torch

        with torch.no_grad():
            self.bag.weight.copy_(state)

    def save(self, out_dir: Path) -> None:
        """A folder that `SentenceTransformer(out_dir)` loads too."""
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.models import StaticEmbedding

        weights = self.bag.weight.detach().numpy().astype(np.float16)
        static = StaticEmbedding(self.tokenizer, embedding_weights=weights)
        SentenceTransformer(modules=[static], device="cpu").save_pretrained(
            str(out_dir), create_model_card=False
        )
        # As it was: written anew, some numbers change in their last digit.
        (out_dir / "tokenizer.json").write_bytes(self._tokenizer_file)


def train_embedder(
    train_dir: Path, benchmark: Path, out_dir: Path, *, seed: int, progress: Progress
) -> None:
    """Write the embedder, and in `fold-0` … below it those that saw no question of that fold.

    `benchmark`: articles with dev questions and qrels. The pieces are those of the shipped
    tokenizer.

    Raises:
        UsageError: a file is missing.
    """
    from assistant.retrieval.embedder import SHIPPED_DIR

    articles = read_articles(benchmark)
    asked = list(asked_of_articles(benchmark, articles))
    texts = news_pairs(train_dir / "news.jsonl.gz", seed)
    texts += article_pairs(list(articles.values()), seed)
    student = Student(SHIPPED_DIR / "tokenizer.json", seed)
    student.learn(_text_lessons(student, texts), TEXT_EPOCHS, TEXT_RATE, progress)
    lessons = _answer_lessons(student, answered_pairs(train_dir / "ncp_pairs.jsonl"), seed)
    passages = list(dict.fromkeys(plain(" ".join(one)) for one in articles.values()))
    on_articles = _article_lessons(student, asked, passages)
    state = student.state()
    fold_of = folds_of([one.group for one in asked])
    for fold in [*range(FOLDS), None]:
        student.restore(state)
        kept = [
            lesson
            for one, lesson in zip(asked, on_articles, strict=True)
            if fold_of[one.group] != fold
        ]
        student.learn([*lessons, *kept * REPEATS], ASKED_EPOCHS, ASKED_RATE, progress)
        student.save(out_dir if fold is None else out_dir / f"fold-{fold}")


def folds_of(groups: Sequence[str]) -> dict[str, int]:
    """The fold of each group: the same for the embedder and for the ranker."""
    keys = sorted(set(groups))
    places = np.random.default_rng(0).permutation(len(keys))
    return {key: int(place) % FOLDS for key, place in zip(keys, places, strict=True)}


def _text_lessons(student: Student, pairs: Sequence[Pair]) -> list[Lesson]:
    sides = [student.ids([pair[side] for pair in pairs]) for side in (0, 1)]
    return [
        Lesson(one, other, (), pair[1])
        for one, other, pair in zip(*sides, pairs, strict=True)
    ]  # fmt: skip


def _answer_lessons(student: Student, asked: Sequence[Asked], seed: int) -> list[Lesson]:
    """Their negatives are other answers, by chance: the pairs say not where they come from."""
    questions = student.ids([one.question for one in asked])
    passages = student.ids([one.passage for one in asked])
    chance = np.random.RandomState(seed)
    return [
        Lesson(question, passage, [passages[at] for at in chance.randint(len(passages), size=5)],
               one.passage)
        for one, question, passage in zip(asked, questions, passages, strict=True)
    ]  # fmt: skip


def _article_lessons(
    student: Student, asked: Sequence[Asked], passages: Sequence[str]
) -> list[Lesson]:
    """With the articles that the first stage holds nearest and that do not answer."""
    import torch

    encoded = student.ids(passages)
    place = {text: at for at, text in enumerate(passages)}
    right: dict[str, set[int]] = {}
    for one in asked:
        right.setdefault(one.question, set()).add(place[one.passage])
    with torch.no_grad():
        every = torch.cat(
            [student.vectors(encoded[at : at + 2000]) for at in range(0, len(encoded), 2000)]
        )
        texts = list(right)
        near = (student.vectors(student.ids(texts)) @ every.T).topk(
            min(NEAREST, len(passages) - 1)
        )
    hard = {
        text: [at for at in row.tolist() if at not in right[text]]
        for text, row in zip(texts, near.indices, strict=True)
    }
    questions = student.ids([one.question for one in asked])
    return [
        Lesson(
            question, encoded[place[one.passage]], [encoded[at] for at in hard[one.question]],
            one.passage,
        )
        for one, question in zip(asked, questions, strict=True)
    ]  # fmt: skip
