"""Gold of eligibility: descriptions with the facts they state, questions with their verdicts.

Values of facts: 86, "~30" (about), ">=5000", "<=500", "800..900", true, an option, a list of
members; readings that are as good as each other are parted by |: "~1000|<=1000".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.eligibility.loading import Rules
from assistant.errors import EvaluationError
from assistant.schema import Turn

Split = Literal["dev", "test", "others_test"]
"""`others_test`: by writers who saw neither the program nor other descriptions."""
Expected = Literal["eligible", "ineligible", "undetermined", "not_eligible"]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    row_id: str = Field(alias="_id", min_length=1)
    split: Split
    text: str
    note: str = ""


class Described(_Row):
    """A description of an enterprise; `may` are facts that may as well be read of it, `said` the
    words that state a fact, for training.
    """

    facts: dict[str, Any]
    said: dict[str, str] = {}
    may: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()


class _Turn(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal["user", "assistant"]
    content: str


class Judged(_Row):
    """A question on a day; without a `profile`, `text` and `history` tell of the enterprise."""

    kind: str
    as_of: date
    verdicts: dict[str, Expected]
    profile: dict[str, Any] | None = None
    history: tuple[_Turn, ...] = ()
    missing: dict[str, tuple[str, ...]] = {}
    """Of a benefit: facts that it must be said to wait for."""
    near_miss: dict[str, str] = {}
    """Of a benefit: words that its near miss must have."""
    amount: dict[str, int] = {}
    """Of a benefit: CNY."""
    not_together: tuple[tuple[str, str], ...] = ()
    not_asked: tuple[str, ...] = ()

    @property
    def turns(self) -> tuple[Turn, ...]:
        return tuple(Turn(one.role, one.content) for one in self.history)


@dataclass(frozen=True, slots=True)
class EligibilityGold:
    """All rows, in the order of the files."""

    descriptions: tuple[Described, ...]
    questions: tuple[Judged, ...]
    sha256: str


_Kind = TypeVar("_Kind", Described, Judged)


def load_eligibility_gold(folder: Path, rules: Rules) -> EligibilityGold:
    """Read and check `profiles*.jsonl` and `questions*.jsonl` of the folder.

    Raises:
        EvaluationError: naming file and line: broken JSON, an unknown key, fact or benefit, an id
            used twice, no rows at all.
    """
    digest = hashlib.sha256()
    seen: set[str] = set()
    descriptions = list(_read(folder, "profiles*.jsonl", Described, digest.update, seen))
    questions = list(_read(folder, "questions*.jsonl", Judged, digest.update, seen))
    if not descriptions and not questions:
        raise EvaluationError(f"{folder} 里没有 profiles*.jsonl 或 questions*.jsonl。")
    for row in descriptions:
        _known(row, {_fact(one) for one in (*row.facts, *row.may, *row.contradictions)},
               {one.fact for one in rules.definitions}, "事实")  # fmt: skip
    benefits = {one.benefit for one in rules.benefits}
    for one in questions:
        named = {*one.verdicts, *one.missing, *one.near_miss, *one.amount}
        pairs = {each for pair in one.not_together for each in pair}
        _known(one, named | pairs, benefits, "待遇")
    return EligibilityGold(tuple(descriptions), tuple(questions), digest.hexdigest())


def _read(
    folder: Path, pattern: str, kind: type[_Kind], update: Any, seen: set[str]
) -> Iterator[_Kind]:
    for path in sorted(folder.glob(pattern)):
        raw = path.read_bytes()
        update(raw)
        for number, line in enumerate(raw.decode("utf-8").split("\n"), start=1):
            if not line.strip():
                continue
            try:
                row = kind.model_validate(json.loads(line))
            except (ValueError, ValidationError) as error:
                raise EvaluationError(f"{path.name} 第 {number} 行：{error}") from error
            if row.row_id in seen:
                raise EvaluationError(f"{path.name} 第 {number} 行：题号 {row.row_id} 重复。")
            seen.add(row.row_id)
            yield row


def _known(row: _Row, named: set[str], known: set[str], what: str) -> None:
    if lost := sorted(named - known):
        words = "、".join(lost)
        raise EvaluationError(f"题 {row.row_id} 的{what} {words} 不存在，请核对规则文件夹。")


def _fact(key: str) -> str:
    return key.split("@")[0]


def profile_rows(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The facts as the rows of a form; of readings as good as each other, the first."""
    rows = []
    for key, value in facts.items():
        fact, _, year = key.partition("@")
        row: dict[str, Any] = {"fact": fact, "value": value, "kind": "exact"}
        if isinstance(value, list) and fact != "region":  # a firm may do more than it says
            row["kind"] = "at_least"
        elif isinstance(value, str):
            row |= _bounded(value.split("|")[0])
        rows.append(row | ({"year": int(year)} if year else {}))
    return rows


def _bounded(value: str) -> dict[str, Any]:
    for sign, kind in (("~", "estimate"), (">=", "at_least"), ("<=", "at_most")):
        if value.startswith(sign):
            return {"kind": kind, "value": _plain(value.removeprefix(sign))}
    if ".." in value:
        return {"kind": "range", "value": [_plain(one) for one in value.split("..")]}
    return {"value": value}


def _plain(value: str) -> float | str:
    try:
        return float(value)
    except ValueError:
        return value
