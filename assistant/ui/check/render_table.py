"""The pages for a table of firms: upload, progress, and what came of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from assistant.tables.reading import MAX_COLUMNS, MAX_FILE_BYTES, MAX_FIRMS
from assistant.tables.worker import PROBLEMS_SHOWN
from assistant.ui.check.frame import CHECK, page
from assistant.ui.check.table_jobs import Job
from assistant.ui.markup import Html, el

TABLE = f"{CHECK}/table"
REFRESH_S = 1


def upload_page(day: date) -> Html:
    size = f"{MAX_FILE_BYTES // 1_000_000} MB"
    return page(
        "企业表格", "table",
        el("h1", "一张表格，逐家判断"),
        el("section",
           el("h2", "第一步：下载模板，一行填一家企业"),
           el("p", "模板只列那一天还会影响结论的情况；不知道的单元格留空。", class_="pa-muted"),
           el("form", _day(day), el("button", "下载模板", type="submit", class_="pa-button"),
              action=f"{TABLE}/template", method="get", class_="pc-send"), class_="pd-box"),
        el("section",
           el("h2", "第二步：上传填好的表格"),
           el("p", f"XLSX，最大 {size}，最多 {MAX_FIRMS} 家企业、{MAX_COLUMNS} 列。"
                   "公式和宏不会运行。读不了的单元格逐个指出，其余照常判断。", class_="pa-muted"),
           el("form",
              el("label", el("span", "企业情况表"),
                 el("input", type="file", name="file", required=True, accept=".xlsx")),
              _day(day), el("button", "上传并判断", type="submit", class_="pd-go"),
              action=TABLE, method="post", enctype="multipart/form-data", class_="pc-send"),
           el("p", "上传的表格判断完就删除，结果保留一小时，只有拿到结果页地址的人能看。",
              class_="pa-muted"), class_="pd-box"),
    )  # fmt: skip


def job_page(job: Job) -> Html:
    if job.is_running:
        return _running(job)
    if job.report is None:
        return page(
            "企业表格", "table",
            el("section", el("h1", "没有判断"), el("p", job.problem, role="alert",
                                                class_="pd-problem"),
               el("p", el("a", "重新上传", href=TABLE)), class_="pd-box"),
        )  # fmt: skip
    return _decided(job, job.report)


def _running(job: Job) -> Html:
    words = f"已判断 {job.done} 家，共 {job.total} 家" if job.total else "正在读取表格"
    bar = el("progress", words, value=job.done, max=job.total) if job.total else el(
        "progress", words
    )
    return page(
        "正在判断", "table",
        el("section", el("h1", f"正在判断：{job.name}"), el("p", f"{words}……", role="status"), bar,
           el("p", "页面会自己更新，不必刷新。", class_="pa-muted"), class_="pd-box"),
        refresh_s=REFRESH_S,
    )  # fmt: skip


def _decided(job: Job, report: dict[str, Any]) -> Html:
    counts = report["counts"]
    shown = (("符合", "eligible"), ("还缺信息", "undetermined"), ("不符合", "ineligible"))
    words = "，".join(f"{name} {counts.get(key, 0)} 项次" for name, key in shown)
    ignored = report["ignored"]
    return page(
        "判断完成", "table",
        el("section",
           el("h1", f"{job.name}：{report['firms']} 家企业、{report['benefits']} 项待遇"),
           el("p", f"判断的日期：{job.day.isoformat()}。合计{words}。"),
           el("p", el("a", "下载结果工作簿", href=f"{TABLE}/{job.token}/result", class_="pd-go")),
           el("p", f"没有用到的列：{'、'.join(map(str, ignored))}", class_="pa-muted")
           if ignored else None,
           el("form", el("button", "现在就删除结果", type="submit", class_="pa-button"),
              action=f"{TABLE}/{job.token}/delete", method="post"),
           class_="pd-box"),
        _problems(report),
    )  # fmt: skip


def _problems(report: dict[str, Any]) -> Html:
    problems = report["problems"]
    if not problems:
        return el("p", "每个单元格都读到了。", class_="pd-box")
    rows = [
        el("tr", *(el("td", str(one.get(key, ""))) for key in
                   ("cell", "firm", "column", "words", "message")))
        for one in problems
    ]  # fmt: skip
    count = report["problem_count"]
    more = f"这里列出前 {PROBLEMS_SHOWN} 处，其余见工作簿的“问题”。"
    return el(
        "section",
        el("h2", f"没有采用的内容（{count}）"),
        el("p", more, class_="pa-muted") if count != len(problems) else None,
        el("div", el("table",
                     el("thead", el("tr", *(el("th", one) for one in
                                            ("单元格", "企业", "列", "内容", "问题和办法")))),
                     el("tbody", *rows), class_="pc-table"), class_="pc-scroll", tabindex=0,
           role="region", aria_label="没有采用的内容"),
        class_="pd-box",
    )  # fmt: skip


def _day(day: date) -> Html:
    field = el("input", type="date", name="day", value=day.isoformat())
    return el("label", el("span", "判断的日期"), field)
