"""The models that read a question: what it asks, which sentences fit it, whether a claim holds,
whether a draft answers it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from assistant.answering.extractive import Writers
from assistant.linear import LinearModel
from assistant.settings import PACKAGE_DIR
from assistant.trees import Trees

FIT = "fit.txt"
READER_DIR = PACKAGE_DIR / "models" / "reader"


@dataclass(frozen=True, slots=True)
class Reader:
    """`assistant train-reader` makes the shipped one."""

    intent: LinearModel
    """A label an intent; features of `intents.intent_features`."""
    verdict: LinearModel
    """One label, the claim is true; features of `premise.claim_features`."""
    judge: LinearModel
    """One label, the draft answers; features of `judge.judge_features`."""
    further: LinearModel
    """One label, a further sentence is needed; features of `further.further_features`."""
    fit: Trees
    """How well a sentence fits; features of `fit.fit_features`."""

    @property
    def writers(self) -> Writers:
        return Writers(self.verdict, self.further)

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.intent.save(folder / "intent.tsv")
        self.verdict.save(folder / "verdict.tsv")
        self.judge.save(folder / "judge.tsv")
        self.further.save(folder / "further.tsv")
        self.fit.save(folder / FIT)


@lru_cache(maxsize=2)
def load_reader(folder: Path = READER_DIR) -> Reader:
    """
    Raises:
        SettingsError: a model is missing or damaged.
    """
    return Reader(
        intent=LinearModel.load(folder / "intent.tsv"),
        verdict=LinearModel.load(folder / "verdict.tsv"),
        judge=LinearModel.load(folder / "judge.tsv"),
        further=LinearModel.load(folder / "further.tsv"),
        fit=Trees.load(folder / FIT),
    )
