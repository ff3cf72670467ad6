"""Questions on texts that somebody adds, asked with the text that answers and without."""

from __future__ import annotations

import json

import pytest

from assistant.errors import EvaluationError
from assistant.evaluation.added import NOTICE_FOLDS, notice_exams
from assistant.evaluation.judged import CORPUS, QUERIES
from assistant.retrieval.opening import open_current_index
from assistant.settings import Settings


@pytest.fixture
def notices(tmp_path):
    """Eight notices with a question each."""
    subjects = ("灯塔", "电梯", "菜场", "托育", "冰场", "中医馆", "书店", "球场")
    corpus = [
        {"_id": f"d{n}", "text": f"{subject}奖励公告 对{subject}一次性奖励{n + 2}万元。 特此公告。"}
        for n, subject in enumerate(subjects)
    ]
    asked = [
        {"_id": f"q{n}", "text": f"{subject}奖励多少钱？", "doc_id": f"d{n}",
         "answer": f"奖励{n + 2}万元"}
        for n, subject in enumerate(subjects)
    ]  # fmt: skip
    folder = tmp_path / "notices"
    folder.mkdir()
    for name, rows in ((CORPUS, corpus), (QUERIES, asked)):
        lines = [json.dumps(one, ensure_ascii=False) for one in rows]
        (folder / name).write_text("\n".join(lines) + "\n", "utf-8")
    return folder


def open_at(corpus_dir, index_dir):
    return open_current_index(Settings(corpus_dir=corpus_dir, index_dir=index_dir))


def test_each_question_is_asked_with_its_notice_and_without(notices, tmp_path):
    whole, *rest = notice_exams(notices, tmp_path / "work", open_at)

    assert len(rest) == NOTICE_FOLDS
    assert whole.questions[0].evidence[0][0].quote == "奖励2万元"
    assert whole.index.documents["d0"].title == "灯塔奖励公告"
    assert sorted(one.text for exam in rest for one in exam.questions) == sorted(
        one.text for one in whole.questions
    )
    for fold, exam in enumerate(rest):
        assert len(exam.index.documents) == 6
        for one in exam.questions:
            assert not one.answerable
            assert one.question_id.startswith(f"notices{fold}-q")
            assert f"d{one.question_id[len('notices0-q')]}" not in exam.index.documents


def test_a_folder_without_questions_is_named(notices, tmp_path):
    (notices / QUERIES).unlink()

    with pytest.raises(EvaluationError, match=QUERIES):
        notice_exams(notices, tmp_path / "work", open_at)
