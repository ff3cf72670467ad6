"""A run as JSON and Markdown; the HTML page has a module of its own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.errors import EvaluationError
from assistant.evaluation.compare import Comparison
from assistant.evaluation.evaluator import ALL, Report, Row, Score
from assistant.evaluation.failures import Failure, failures, shorten
from assistant.evaluation.gates import FailedGate
from assistant.evaluation.gold import HIDDEN
from assistant.evaluation.measures import LABELS
from assistant.evaluation.report_html import report_html


def write_report(
    folder: Path,
    report: Report,
    failed: Sequence[FailedGate] = (),
    comparison: Comparison | None = None,
    *,
    show_test: bool = False,
) -> tuple[Path, ...]:
    """Write report.json, report.md and report.html; returns their paths.

    Raises:
        EvaluationError: the folder cannot be written.
    """
    pages = {
        "report.json": report_json(report, show_test=show_test),
        "report.md": report_markdown(report, failed, comparison, show_test=show_test),
        "report.html": report_html(report, failed, comparison, show_test=show_test),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, page in pages.items():
            (folder / name).write_text(page, "utf-8", newline="\n")
    except OSError as error:
        raise EvaluationError(
            f"评测报告无法写入 {folder}：{error}。请用 --report 换一个可写的文件夹。"
        ) from error
    return tuple(folder / name for name in pages)


def report_json(report: Report, *, show_test: bool = False) -> str:
    """The run as data; only the lines of `latency_ms` differ between equal runs.

    Test questions have their values but neither expectation nor answer, unless `show_test`.
    """
    latency = report.latency
    record = {
        "as_of": report.as_of.isoformat(),
        "split": report.split,
        "gold_sha256": report.gold_sha256,
        "documents": dict(report.documents),
        "writers": list(report.writers),
        "scores": [_score_record(score) for score in report.scores],
        "questions": [_row_record(row, show_test) for row in report.rows],
        "eligibility": [
            {"_id": one.row_id, "split": one.split, "problems": list(one.problems)}
            for one in report.eligibility or ()
            if show_test or not one.split.endswith("test")
        ],
        "latency_ms": {
            "n": latency.n,
            "p50": round(latency.p50, 3),
            "p95": round(latency.p95, 3),
            "max": round(latency.maximum, 3),
        },
    }
    return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def _score_record(score: Score) -> dict[str, Any]:
    return {
        "split": score.split,
        "intent": score.intent,
        "measure": score.measure,
        "n": score.n,
        "value": round(score.value, 6),
        "low": round(score.low, 6),
        "high": round(score.high, 6),
    }


def _row_record(row: Row, show_test: bool) -> dict[str, Any]:
    outcome, question = row.outcome, row.outcome.question
    record: dict[str, Any] = {
        "_id": question.question_id,
        "split": question.split,
        "intent": question.intent.value if question.intent else None,
        "passed": row.passed,
        "status": outcome.status.value,
        "values": {name: round(value, 6) for name, value in row.values.items()},
    }
    if question.split in HIDDEN and not show_test:
        return record
    answer = outcome.answer
    return record | {
        "question": shorten(question.text),
        "answer": answer.text if answer else outcome.error,
        "citations": [
            {"n": one.n, "clause_id": one.clause_id, "quote": one.quote} for one in answer.citations
        ]
        if answer
        else [],
        "hits": [hit.passage.passage_id for hit in outcome.hits[:5]],
        "problems": [{"rule": one.rule, "message": one.message} for one in outcome.problems],
    }


def report_markdown(
    report: Report,
    failed: Sequence[FailedGate] = (),
    comparison: Comparison | None = None,
    *,
    show_test: bool = False,
) -> str:
    """The same for people, in Chinese: gates, measures, flips, failures."""
    lines = ["# 评测报告", "", summary(report), ""]
    lines += ["## 门槛", "", *(f"- 未达到：{gate}" for gate in failed)] if failed else []
    lines += ["", "## 指标", "", *_score_table(report, [(ALL, ALL)])]
    lines += ["", "## 按题集部分", "", *_score_table(report, _groups(report, by_intent=False))]
    lines += ["", "## 按意图", "", *_score_table(report, _groups(report, by_intent=True))]
    if comparison:
        lines += ["", "## 与基线比较", "", *_comparison_lines(comparison)]
    lines += ["", "## 未通过的题目", ""]
    lines += [line for failure in failures(report, show_test=show_test) for line in _lines(failure)]
    if report.eligibility is not None:
        lines += ["", "## 资格题里不全对的", "", *_eligibility_lines(report, show_test)]
    return "\n".join(lines).rstrip() + "\n"


def _eligibility_lines(report: Report, show_test: bool) -> list[str]:
    """A line a row; of test rows the ids alone."""
    lines: list[str] = []
    hidden: list[str] = []
    for one in report.eligibility or ():
        if one.split.endswith("test") and not show_test:
            hidden.append(one.row_id)
            continue
        said = _one_line(shorten(one.text))
        lines.append(f"- {one.row_id}：{said}：{_one_line('；'.join(one.problems))}")
    listed = [f"- 测试题只列题号：{'、'.join(hidden)}"] if hidden else []
    return lines + listed or ["- 无"]


def summary(report: Report) -> str:
    """One line: how many questions, how many passed, how fast."""
    passed = sum(row.passed for row in report.rows)
    latency = report.latency
    return (
        f"共 {len(report.rows)} 题，通过 {passed} 题；时点 {report.as_of.isoformat()}；"
        f"写作方式 {'、'.join(report.writers) or '无'}；"
        f"每答 p50 {latency.p50:.1f} 毫秒、p95 {latency.p95:.1f} 毫秒（n={latency.n}）。"
    )


def _groups(report: Report, *, by_intent: bool) -> list[tuple[str, str]]:
    groups = dict.fromkeys((score.split, score.intent) for score in report.scores)
    index = 1 if by_intent else 0
    return [group for group in groups if group[index] != ALL]


def _score_table(report: Report, groups: Sequence[tuple[str, str]]) -> list[str]:
    lines = ["| 范围 | 指标 | n | 数值 | 95% 区间 |", "| --- | --- | ---: | ---: | --- |"]
    for score in report.scores:
        if (score.split, score.intent) in groups:
            place = score.intent if score.intent != ALL else score.split
            lines.append(
                f"| {place} | {LABELS[score.measure]} `{score.measure}` | {score.n} "
                f"| {score.value:.4f} | {score.low:.4f} – {score.high:.4f} |"
            )
    return lines


def _comparison_lines(comparison: Comparison) -> list[str]:
    lines = [] if comparison.is_same_gold else ["题集与基线的不同，只比较两次都问了的题目。", ""]
    lines += [
        f"- 变好（{len(comparison.fixed)}）：{'、'.join(comparison.fixed) or '无'}",
        f"- 变差（{len(comparison.broken)}）：{'、'.join(comparison.broken) or '无'}",
        f"- 符号检验 p = {comparison.p_value:.4f}",
    ]
    if comparison.added or comparison.removed:
        lines.append(f"- 新增 {len(comparison.added)} 题，去掉 {len(comparison.removed)} 题")
    lines += [
        "",
        "| 指标 | n | 基线 | 本次 | 差的 95% 区间 |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    lines += [
        f"| {LABELS[one.measure]} | {one.n} | {one.before:.4f} | {one.now:.4f} "
        f"| {one.low:+.4f} – {one.high:+.4f} |"
        for one in comparison.changes
    ]
    return lines


def _lines(failure: Failure) -> list[str]:
    title = f"### {failure.question_id}（{failure.split} {failure.intent}）"
    if failure.is_hidden:
        return [title, "", "测试题只计分，不列内容。", ""]
    fields = [("问", failure.question), ("应", failure.expected)]
    fields += [("得", f"{failure.status} {failure.got}"), ("因", "；".join(failure.reasons))]
    fields += [("引", f"[{one.n}] {one.clause_id}“{one.quote}”") for one in failure.citations]
    history = [("前文", turn) for turn in failure.history]
    return [title, "", *(f"- {name}：{_one_line(text)}" for name, text in history + fields), ""]


def _one_line(text: str) -> str:
    """Inert inside a Markdown list: one line, and no HTML or table of the user's making."""
    flat = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return flat.replace("&", "&amp;").replace("<", "&lt;").replace("|", "\\|")
