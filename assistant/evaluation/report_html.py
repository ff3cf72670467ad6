"""The report as one HTML page: no script, no request, every text of users and documents escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from assistant.evaluation.compare import Comparison
from assistant.evaluation.evaluator import ALL, Report, Score
from assistant.evaluation.failures import Failure, failures
from assistant.evaluation.gates import FailedGate
from assistant.evaluation.measures import LABELS

_STYLE = """
body{font:16px/1.7 "Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;margin:0 auto;
max-width:64rem;padding:1.5rem;color:#1f2933;background:#fff}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{border-bottom:1px solid #d9e2ec;padding:.3rem .6rem;text-align:left;vertical-align:top}
td.figure,th.figure{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
details{border:1px solid #d9e2ec;border-radius:.4rem;margin:.5rem 0;padding:.5rem .8rem}
summary{cursor:pointer}dt{font-weight:600}dd{margin:0 0 .4rem;white-space:pre-wrap;
overflow-wrap:anywhere}.bad{color:#9b1c1c}.good{color:#14633d}blockquote{margin:.2rem 0;
padding-left:.6rem;border-left:3px solid #bcccdc}
"""


def report_html(
    report: Report,
    failed: Sequence[FailedGate] = (),
    comparison: Comparison | None = None,
    *,
    show_test: bool = False,
) -> str:
    """A whole page, to be opened from a folder."""
    listed = failures(report, show_test=show_test)
    parts = [
        "<h1>评测报告</h1>",
        _overview(report),
        _gates(failed),
        *_score_sections(report),
        _comparison(comparison) if comparison else "",
        f"<h2>未通过的题目（{len(listed)}）</h2>",
        *(_failure(one) for one in listed),
        _eligibility(report, show_test=show_test),
    ]
    body = "\n".join(part for part in parts if part)
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>评测报告</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _eligibility(report: Report, *, show_test: bool) -> str:
    if report.eligibility is None:
        return ""
    shown = [
        (one.row_id, one.text, "；".join(one.problems))
        if show_test or not one.split.endswith("test")
        else (one.row_id, "测试题只列题号", "")
        for one in report.eligibility
    ]
    return f"<h2>资格题里不全对的（{len(shown)}）</h2>" + _table(
        ["题号", "题目", "不对的地方"], shown, figures=()
    )


def _overview(report: Report) -> str:
    passed, latency = sum(row.passed for row in report.rows), report.latency
    return _table(
        ["题目", "通过", "时点", "写作方式", "每答 p50", "每答 p95"],
        [
            [
                str(len(report.rows)),
                str(passed),
                report.as_of.isoformat(),
                "、".join(report.writers),
                f"{latency.p50:.1f} 毫秒",
                f"{latency.p95:.1f} 毫秒",
            ]
        ],
        figures=(0, 1, 4, 5),
    )


def _gates(failed: Sequence[FailedGate]) -> str:
    items = "".join(f'<li class="bad">{escape(str(gate))}</li>' for gate in failed)
    return f"<h2>未达到的门槛（{len(failed)}）</h2><ul>{items}</ul>" if failed else ""


def _score_sections(report: Report) -> Iterable[str]:
    groups = {
        "指标": [score for score in report.scores if score.split == score.intent == ALL],
        "按题集部分": [score for score in report.scores if score.split != ALL],
        "按意图": [score for score in report.scores if score.intent != ALL],
    }
    for title, scores in groups.items():
        yield f"<h2>{title}</h2>"
        yield _table(
            ["范围", "指标", "n", "数值", "95% 区间"], map(_score_cells, scores), figures=(2, 3, 4)
        )


def _score_cells(score: Score) -> list[str]:
    return [
        score.intent if score.intent != ALL else score.split,
        LABELS[score.measure],
        str(score.n),
        f"{score.value:.3f}",
        f"{score.low:.3f} – {score.high:.3f}",
    ]


def _comparison(comparison: Comparison) -> str:
    note = "" if comparison.is_same_gold else "<p>题集与基线的不同，只比较两次都问了的题目。</p>"
    changes = [
        [
            LABELS[one.measure],
            str(one.n),
            f"{one.before:.3f}",
            f"{one.now:.3f}",
            f"{one.low:+.3f} – {one.high:+.3f}",
        ]
        for one in comparison.changes
    ]
    return (
        f"<h2>与基线比较</h2>{note}"
        f'<p class="good">变好（{len(comparison.fixed)}）：{_ids(comparison.fixed)}</p>'
        f'<p class="bad">变差（{len(comparison.broken)}）：{_ids(comparison.broken)}</p>'
        f"<p>新增 {len(comparison.added)} 题，去掉 {len(comparison.removed)} 题；"
        f"符号检验 p = {comparison.p_value:.4f}</p>"
        + _table(["指标", "n", "基线", "本次", "差的 95% 区间"], changes, figures=(1, 2, 3, 4))
    )


def _ids(question_ids: Sequence[str]) -> str:
    return escape("、".join(question_ids)) or "无"


def _failure(failure: Failure) -> str:
    title = f"{failure.question_id}（{failure.split} {failure.intent}）"
    if failure.is_hidden:
        return f"<p>{escape(title)}：测试题只计分，不列内容。</p>"
    fields = [("前文", turn) for turn in failure.history]
    fields += [("问题", failure.question), ("应得", failure.expected)]
    fields += [("实得", f"{failure.status}\n{failure.got}"), ("原因", "\n".join(failure.reasons))]
    entries = "".join(f"<dt>{name}</dt><dd>{escape(text)}</dd>" for name, text in fields)
    quotes = "".join(
        f"<blockquote>[{one.n}] {escape(' › '.join(one.clause_path))}<br>{escape(one.quote)}"
        "</blockquote>"
        for one in failure.citations
    )
    return (
        f"<details><summary>{escape(title)} {escape(failure.question[:60])}</summary>"
        f"<dl>{entries}<dt>引用</dt><dd>{quotes or '无'}</dd></dl></details>"
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], figures: Sequence[int]) -> str:
    def cells(tag: str, texts: Sequence[str]) -> str:
        kinds = [' class="figure"' if at in figures else "" for at in range(len(texts))]
        return "".join(
            f"<{tag}{kind}>{escape(text)}</{tag}>" for kind, text in zip(kinds, texts, strict=True)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return (
        f'<div class="scroll"><table><thead><tr>{cells("th", head)}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
