"""Gold questions: what was asked, what must be said, and where the document proves it.

Judgements name clauses and quote the words that prove the answer, so they outlive any chunker.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import EvaluationError
from assistant.schema import Clause, Document, Intent, Status, Turn

SPLITS = ("dev", "test", "digests_dev", "digests_test", "hostile")
"""`dev` is for tuning, `test` is only measured, `hostile` is bad input; on the plan, and apart on
the digests.
"""
TUNED = frozenset(("dev", "digests_dev"))
HIDDEN = frozenset(("test", "digests_test"))
"""What they ask is never shown: who sees it tunes to it."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One place that proves (a part of) the answer: canonical text `[start, end)` of a document.

    `[clause_start, clause_end)` is the judged clause with all below it.
    """

    clause_id: str
    doc_id: str
    start: int
    end: int
    clause_start: int
    clause_end: int
    quote: str
    """The document's own characters: `text[start:end]`."""


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """A question with its judgement. `answerable` and `intent` are None for a hostile input.

    `facts`: every group must be in the answer, any one string of a group suffices.
    `evidence`: every group must be cited, any one proof of a group suffices.
    """

    question_id: str
    text: str
    split: str
    statuses: frozenset[Status]
    answerable: bool | None
    intent: Intent | None
    facts: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[tuple[Proof, ...], ...] = ()
    history: tuple[Turn, ...] = ()
    as_of: date | None = None
    """The day of asking, where it is not that of the whole run."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class GoldSet:
    """All questions, by file name and then in the order of the file."""

    questions: tuple[GoldQuestion, ...]
    sha256: str
    """Of the files' bytes: two runs are comparable when it is equal."""


class _Turn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    role: Literal["user", "assistant"]
    content: str


class _Evidence(BaseModel):
    """Alternatives: `quote[i]` stands in `clause_id[i]`."""

    model_config = ConfigDict(extra="forbid")

    clause_id: list[str] = Field(min_length=1)
    quote: list[str] = Field(min_length=1)


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    question_id: str = Field(alias="_id", min_length=1)
    text: str
    split: Literal["dev", "test", "digests_dev", "digests_test", "hostile"]
    statuses: list[Status] = Field(min_length=1)
    answerable: bool | None = None
    intent: Intent | None = None
    facts: list[list[str]] = []
    evidence: list[_Evidence] = []
    history: list[_Turn] = []
    as_of: date | None = None
    note: str = ""


def load_gold(
    folder: Path, documents: Mapping[str, Document], clauses: Mapping[str, Clause]
) -> GoldSet:
    """Read and check every `*.jsonl` of the folder and those below against the indexed corpus.

    Raises:
        EvaluationError: naming file and line: broken JSON, an unknown key, intent, status or
            clause, a quote that is not in its clause, an id used twice, an empty folder.
    """
    paths = sorted(folder.rglob("*.jsonl"))
    if not paths:
        raise EvaluationError(f"题集文件夹 {folder} 里没有 .jsonl 文件，请用 --gold 指定题集。")
    questions: dict[str, GoldQuestion] = {}
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
        for place, line in _lines(path):
            question = _question(line, place, documents, clauses)
            if question.question_id in questions:
                raise EvaluationError(
                    f"{place}：题号 {question.question_id} 重复，请改成唯一的题号。"
                )
            questions[question.question_id] = question
    if not questions:
        raise EvaluationError(f"题集文件夹 {folder} 里没有题目，请用 --gold 指定题集。")
    return GoldSet(tuple(questions.values()), digest.hexdigest())


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"题集 {path} 无法读取：{error}。请存为 UTF-8 文本。") from error
    # Not splitlines(): a hostile question may hold U+2028 and its like, which JSON leaves as is.
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield f"{path.name} 第 {number} 行", line


def _question(
    line: str, place: str, documents: Mapping[str, Document], clauses: Mapping[str, Clause]
) -> GoldQuestion:
    try:
        row = _Row.model_validate_json(line)
    except ValidationError as error:
        problems = "；".join(
            f"{'.'.join(map(str, item['loc'])) or '整行'}：{item['msg']}" for item in error.errors()
        )
        raise EvaluationError(
            f"{place}有误：{problems}。请按 eval/README.md 的格式改正。"
        ) from error
    place = f"{place}（{row.question_id}）"
    _check_kind(row, place)
    return GoldQuestion(
        question_id=row.question_id,
        text=row.text,
        split=row.split,
        statuses=frozenset(row.statuses),
        answerable=row.answerable,
        intent=row.intent,
        facts=tuple(tuple(group) for group in row.facts),
        evidence=tuple(_proofs(group, place, documents, clauses) for group in row.evidence),
        history=tuple(Turn(turn.role, turn.content) for turn in row.history),
        as_of=row.as_of,
        note=row.note,
    )


def _check_kind(row: _Row, place: str) -> None:
    hostile = row.split == "hostile"
    if hostile != (row.answerable is None) or hostile != (row.intent is None):
        raise EvaluationError(
            f"{place}：hostile 题不写 answerable 和 intent，其他题两项都要写，请改正。"
        )
    if not row.answerable and (row.facts or row.evidence):
        raise EvaluationError(f"{place}：不可回答的题不能有 facts 或 evidence，请删去。")
    if row.answerable and not row.facts:
        raise EvaluationError(f"{place}：可回答的题至少要有一组 facts，请补上。")
    if not all(group and all(map(_squash, group)) for group in row.facts):
        raise EvaluationError(f"{place}：facts 里有空的一组或空白字样，请删去或补全。")


def _proofs(
    group: _Evidence, place: str, documents: Mapping[str, Document], clauses: Mapping[str, Clause]
) -> tuple[Proof, ...]:
    if len(group.clause_id) != len(group.quote):
        raise EvaluationError(f"{place}：clause_id 与 quote 的个数不同，请一一对应。")
    proofs: list[Proof] = []
    for clause_id, quote in zip(group.clause_id, group.quote, strict=True):
        clause = clauses.get(clause_id)
        if clause is None:
            raise EvaluationError(
                f"{place}：条款 {clause_id} 不在语料里，用 assistant outline 查正确的编号。"
            )
        text = documents[clause.doc_id].text
        spans = find_quote(text, quote, clause.start, clause.end)
        if not spans:
            raise EvaluationError(
                f"{place}：条款 {clause_id} 里没有“{quote}”，引文须与原文逐字相同。"
            )
        proofs += [
            Proof(clause_id, clause.doc_id, start, end, clause.start, clause.end, text[start:end])
            for start, end in spans
        ]
    return tuple(proofs)


def find_quote(text: str, quote: str, start: int, end: int) -> list[tuple[int, int]]:
    """Every place of `text[start:end]` that reads `quote`, white space aside; exact otherwise.

    >>> find_quote("到 2026 年，到2026年", "到2026年", 0, 15)
    [(0, 8), (9, 15)]
    """
    wanted = _squash(quote)
    if not wanted:
        return []
    offsets = [index for index in range(start, end) if not text[index].isspace()]
    squashed = "".join(text[index] for index in offsets)
    found: list[tuple[int, int]] = []
    at = squashed.find(wanted)
    while at >= 0:
        found.append((offsets[at], offsets[at + len(wanted) - 1] + 1))
        at = squashed.find(wanted, at + 1)
    return found


def _squash(text: str) -> str:
    return "".join(text.split())
