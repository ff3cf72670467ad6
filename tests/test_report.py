"""The written reports: the same bytes twice, nothing of a user's text left live, tests unread."""

from __future__ import annotations

import json
from html.parser import HTMLParser

import pytest

from assistant.errors import EvaluationError
from assistant.evaluation.compare import compare, load_baseline
from assistant.evaluation.evaluator import run_evaluation
from assistant.evaluation.failures import MAX_SHOWN_CHARS, failures, shorten
from assistant.evaluation.gates import failed_gates, load_gates
from assistant.evaluation.gold import load_gold
from assistant.evaluation.report import report_json, report_markdown, write_report
from assistant.evaluation.report_html import report_html

CLAUSE = "甲区__h1_1__h3_1"
WRONG = {"intent": "number", "answerable": True, "statuses": ["answered"], "facts": [["91家"]],
         "evidence": [{"clause_id": [CLAUSE], "quote": ["支持企业上市"]}]}  # fmt: skip
ROWS = [
    {"_id": "d1", "text": "<script>alert(1)</script>培育多少家|高新？\n# 标题", "split": "dev",
     "history": [{"role": "user", "content": "<img src=x>"}], **WRONG},
    {"_id": "t1", "text": "秘密：培育多少家高新技术企业？", "split": "test", **WRONG},
    {"_id": "x1", "text": "甲" * 20000, "split": "hostile", "statuses": ["error"]},
]  # fmt: skip


@pytest.fixture
def run(tmp_path, tiny_assistant):
    folder = tmp_path / "gold"
    folder.mkdir()
    lines = (json.dumps(row, ensure_ascii=False) for row in ROWS)
    (folder / "plan.jsonl").write_text("\n".join(lines), "utf-8")
    gold = load_gold(folder, tiny_assistant.documents, tiny_assistant.clauses)
    return lambda: run_evaluation(tiny_assistant, gold)


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data):
        self.words.append(data)


def test_two_runs_differ_in_latency_alone(run):
    first, second = json.loads(report_json(run())), json.loads(report_json(run()))
    del first["latency_ms"], second["latency_ms"]

    assert first == second


def test_latency_is_the_last_of_the_json_so_that_a_diff_is_short(run):
    assert list(json.loads(report_json(run())))[-1] == "latency_ms"


def test_the_json_is_chinese_and_says_what_was_measured(run):
    text = report_json(run())
    record = json.loads(text)

    assert "\\u" not in text
    assert {"split", "intent", "measure", "n", "value", "low", "high"} == set(record["scores"][0])
    assert [row["passed"] for row in record["questions"]] == [False, False, False]
    assert record["questions"][0]["citations"][0]["clause_id"] == CLAUSE


def test_a_failure_says_what_was_expected_what_came_and_why(run):
    dev, _, hostile = failures(run())

    assert "91家" in dev.expected
    assert "支持企业上市" in dev.expected
    assert "90" in dev.got
    assert dev.reasons == ("缺要点“91家”", "没有引用“支持企业上市”")
    assert hostile.reasons[0] == "状态是 answered"


@pytest.mark.parametrize("render", [report_json, report_markdown, report_html])
def test_test_questions_are_measured_and_not_shown(run, render):
    report = run()

    assert "t1" in render(report)
    assert "秘密" not in render(report)
    assert "秘密" in render(report, show_test=True)


def test_the_page_runs_nothing_and_fetches_nothing(run):
    page = Page(report_html(run()))

    assert not {"script", "img", "link", "iframe"} & set(page.tags)
    assert page.links == []
    assert any("<script>alert(1)</script>" in text for text in page.words)
    assert any("<img src=x>" in text for text in page.words)


def test_markdown_keeps_a_question_on_its_line(run):
    text = report_markdown(run())

    assert "<script>" not in text
    assert "\n# 标题" not in text
    assert "多少家\\|高新？ # 标题" in text


def test_a_question_of_20000_characters_is_shortened(run):
    assert len(report_html(run())) < 30_000
    assert shorten("甲" * MAX_SHOWN_CHARS) == "甲" * MAX_SHOWN_CHARS
    assert shorten("甲" * (MAX_SHOWN_CHARS + 1)).endswith(f"（共 {MAX_SHOWN_CHARS + 1} 字）")


def test_gates_and_flips_stand_in_every_page(tmp_path, run):
    report = run()
    (tmp_path / "gates.toml").write_text("[dev.at_least]\nanswer_correct = 0.5", "utf-8")
    failed = failed_gates(report, load_gates(tmp_path / "gates.toml"))
    earlier = json.loads(report_json(report))
    earlier["questions"][1]["passed"] = True
    (tmp_path / "earlier.json").write_text(json.dumps(earlier), "utf-8")
    comparison = compare(report, load_baseline(tmp_path / "earlier.json"))
    paths = write_report(tmp_path / "out" / "eval", report, failed, comparison)

    assert [path.name for path in paths] == ["report.json", "report.md", "report.html"]
    for path in paths[1:]:
        text = path.read_text("utf-8")
        assert "dev · answer_correct：要求 ≥ 0.5，实际 0.0000（n=1）" in text
        assert "变差（1）：t1" in text


def test_a_folder_that_cannot_be_written_is_one_clear_error(tmp_path, run):
    (tmp_path / "file").write_text("")

    with pytest.raises(EvaluationError, match="--report"):
        write_report(tmp_path / "file", run())
