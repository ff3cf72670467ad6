"""Questions by strangers on texts that somebody adds: notices, and what stands in one of them.

Each question is asked of all the notices, and of those that are left when a fold of the documents
is taken out, its own among them: there declining is right.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from assistant.errors import EvaluationError
from assistant.evaluation.gold import GoldQuestion, Proof, find_quote
from assistant.evaluation.judged import CORPUS, QUERIES
from assistant.evaluation.training import Exam
from assistant.retrieval.store import PolicyIndex
from assistant.schema import REFUSALS, Status

NOTICE_FOLDS = 4
AUTHOR = "notices"
"""With the number of its fold, who asks: folds by author are then folds by document."""


def notice_exams(
    folder: Path, work_dir: Path, open_at: Callable[[Path, Path], PolicyIndex]
) -> list[Exam]:
    """The questions on the index of all documents of a folder with `corpus.jsonl` and
    `queries.dev.jsonl`, and fold by fold on that of the others.

    `open_at` opens the index of a corpus folder at an index folder; both go below `work_dir`.

    Raises:
        EvaluationError: the folder has no corpus or no questions.
    """
    notices = {one["_id"]: one["text"] for one in _rows(folder / CORPUS)}
    asked = _rows(folder / QUERIES)
    fold_of = {one: place % NOTICE_FOLDS for place, one in enumerate(sorted(notices))}
    exams = []
    for fold in (None, *range(NOTICE_FOLDS)):
        name = "all" if fold is None else f"without_{fold}"
        kept = {one: text for one, text in notices.items() if fold_of[one] != fold}
        _lay_out(kept, work_dir / name / "corpus")
        index = open_at(work_dir / name / "corpus", work_dir / name / "index")
        if fold is None:
            questions = [_answered(one, fold_of[one["doc_id"]], index) for one in asked]
        else:
            questions = [_left_out(one, fold) for one in asked if fold_of[one["doc_id"]] == fold]
        exams.append(Exam(index, questions))
    return exams


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise EvaluationError(f"没有 {path}：文件夹里要有 {CORPUS} 和 {QUERIES}。")
    return [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]


def _lay_out(notices: Mapping[str, str], corpus_dir: Path) -> None:
    """A text file a notice: the white space of the one long line was the end of a line once."""
    corpus_dir.mkdir(parents=True, exist_ok=True)
    for doc_id, text in notices.items():
        path = corpus_dir / f"{doc_id}.txt"
        written = "\n".join(text.split()) + "\n"
        if not path.is_file() or path.read_text("utf-8") != written:
            path.write_text(written, "utf-8")
    for path in corpus_dir.glob("*.txt"):
        if path.stem not in notices:
            path.unlink()


def _answered(row: Mapping[str, str], fold: int, index: PolicyIndex) -> GoldQuestion:
    doc_id = row["doc_id"]
    text = index.documents[doc_id].text
    proofs = tuple(
        Proof("", doc_id, start, end, 0, len(text), text[start:end])
        for start, end in find_quote(text, row["answer"], 0, len(text))
    )
    return GoldQuestion(
        question_id=f"{AUTHOR}{fold}-{row['_id']}",
        text=row["text"],
        split="dev",
        statuses=frozenset({Status.ANSWERED}),
        answerable=True,
        intent=None,
        evidence=(proofs,) if proofs else (),
    )


def _left_out(row: Mapping[str, str], fold: int) -> GoldQuestion:
    return GoldQuestion(
        question_id=f"{AUTHOR}{fold}-{row['_id']}x",
        text=row["text"],
        split="dev",
        statuses=frozenset(REFUSALS),
        answerable=False,
        intent=None,
    )
