"""Judged questions as the ranker's training takes them: by answer, by article, by clause."""

from __future__ import annotations

import gzip
import json
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from assistant.errors import EvaluationError
from assistant.evaluation.gold import TUNED, GoldQuestion
from assistant.retrieval.ranker_training import Judged, JudgedSet
from assistant.retrieval.store import PolicyIndex
from assistant.schema import Passage

CORPUS = "corpus.jsonl"
QUERIES = "queries.dev.jsonl"
QRELS = "qrels.dev.tsv"
MOST = 1200
"""Questions of a gold set that are used, evenly spaced: many about one document teach no more."""
ONE_DOCUMENT_WEIGHT = 0.3
"""What a question of a set about one document counts."""


def benchmark_set(
    folder: Path, index: PolicyIndex, embedder_folds: Path | None = None
) -> JudgedSet:
    """All dev questions of a benchmark folder, on the index of its corpus.

    `embedder_folds`: what `train-embedder` wrote; it learnt from questions with qrels, so that
    those are seen through the embedder that did not.
    """
    has_qrels = (folder / QRELS).is_file()
    return JudgedSet(
        folder.name,
        index,
        judged_questions(folder, index),
        embedder_folds=embedder_folds if has_qrels else None,
    )


def gold_sets(name: str, questions: Sequence[GoldQuestion], index: PolicyIndex) -> list[JudgedSet]:
    """The dev questions of gold folders that stand alone, those of authors who ask of one document
    apart: these are held out author by author, the others document by document.
    """
    dev = [one for one in questions if one.split in TUNED and not one.history]
    only = {author: _only_document(group) for author, group in _by_author(dev).items()}
    made = []
    for document in sorted(set(only.values()), key=str):
        mine = [
            one
            for one in dev
            if only[_author(one)] == document
            and (document is not None or _documents(one).isdisjoint(only.values()))
        ]
        judged = list(gold_questions(mine[:: -(-len(mine) // MOST)], index))
        weight = 1.0 if document is None else ONE_DOCUMENT_WEIGHT
        made.append(JudgedSet(f"{name} {document or ''}".strip(), index, judged, weight))
    return made


def _by_author(questions: Sequence[GoldQuestion]) -> dict[str, list[GoldQuestion]]:
    found: dict[str, list[GoldQuestion]] = {}
    for one in questions:
        found.setdefault(_author(one), []).append(one)
    return found


def _author(question: GoldQuestion) -> str:
    return question.question_id.rpartition("-")[0]


def _documents(question: GoldQuestion) -> frozenset[str]:
    return frozenset(proof.doc_id for group in question.evidence for proof in group)


def _only_document(questions: Sequence[GoldQuestion]) -> str | None:
    """The document that most of an author's questions are about, if there is one."""
    counts = Counter(doc_id for one in questions for doc_id in _documents(one))
    most = max(counts, key=counts.__getitem__, default=None)
    return most if most is not None and 2 * counts[most] > counts.total() else None


def lay_out(folder: Path, corpus_dir: Path) -> None:
    """The corpus of a benchmark folder as a corpus folder of its own: its questions are no text.

    Raises:
        EvaluationError: the folder has no corpus or no questions.
    """
    plain, packed = folder / CORPUS, folder / f"{CORPUS}.gz"
    if not (folder / QUERIES).is_file() or not (plain.is_file() or packed.is_file()):
        raise EvaluationError(f"文件夹 {folder} 里没有 {CORPUS}（或 {CORPUS}.gz）和 {QUERIES}。")
    corpus_dir.mkdir(parents=True, exist_ok=True)
    with (
        plain.open("rb") if plain.is_file() else gzip.open(packed) as source,
        (corpus_dir / CORPUS).open("wb") as target,
    ):
        shutil.copyfileobj(source, target)


def judged_questions(folder: Path, index: PolicyIndex) -> list[Judged]:
    """The dev questions of a benchmark folder, by articles where it has qrels, else by answers."""
    passages = _passages_of(index)
    questions = [json.loads(line) for line in (folder / QUERIES).read_text("utf-8").splitlines()]
    if (folder / QRELS).is_file():
        wanted = _qrels(folder / QRELS)
        return [
            Judged(
                one["text"],
                tuple(_ids(passages.get(doc_id, ())) for doc_id in wanted[one["_id"]]),
                wanted[one["_id"]][0],
            )
            for one in questions
        ]
    return [
        Judged(
            one["text"],
            (answering(one["answer"], passages.get(one["doc_id"], [])),),
            one["doc_id"],
        )
        for one in questions
    ]


def gold_questions(questions: Sequence[GoldQuestion], index: PolicyIndex) -> Iterator[Judged]:
    """Folds by the documents that answer; by author where they are one, or none."""
    passages = _passages_of(index)
    is_one = len(frozenset[str]().union(*map(_documents, questions))) == 1
    for one in questions:
        groups = tuple(
            _ids(
                passage
                for proof in group
                for passage in passages.get(proof.doc_id, ())
                if passage.start < proof.end and proof.start < passage.end
            )
            for group in one.evidence
        )
        documents = "|".join(sorted(_documents(one)))
        key = _author(one) if is_one or not documents else documents
        yield Judged(one.text, groups if one.answerable else (), key)


def answering(answer: str, passages: Sequence[Passage]) -> frozenset[str]:
    """Ids of the passages with the longest part of the answer, white space aside."""
    wanted = _squeeze(answer)
    parts = [_longest_part(wanted, _squeeze(one.text)) for one in passages]
    longest = max(parts, default=0)
    return _ids(one for one, size in zip(passages, parts, strict=True) if size == longest > 0)


def _ids(passages: Iterable[Passage]) -> frozenset[str]:
    return frozenset(one.passage_id for one in passages)


def _passages_of(index: PolicyIndex) -> dict[str, list[Passage]]:
    found: dict[str, list[Passage]] = {}
    for passage in index.passages:
        found.setdefault(passage.doc_id, []).append(passage)
    return found


def _qrels(path: Path) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = {}
    for line in path.read_text("utf-8").splitlines()[1:]:
        query_id, doc_id, score = line.split("\t")
        if int(score) > 0:
            wanted.setdefault(query_id, []).append(doc_id)
    return wanted


def _squeeze(text: str) -> str:
    return "".join(text.split())


def _longest_part(answer: str, passage: str) -> int:
    """Length of the longest run of the answer's characters that the passage has."""
    longest = 0
    for start in range(len(answer)):
        while answer[start : start + longest + 1] in passage and start + longest < len(answer):
            longest += 1
    return longest
