"""The command `assistant`: prints, nothing else."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from typer._click import ClickException

from assistant import batch
from assistant.answering.turns import parse_history
from assistant.cli import collection, eligibility, keeping, sources, succession, training
from assistant.cli.console import (
    AsJson,
    AsOf,
    CorpusDir,
    IndexDir,
    Input,
    Output,
    bar,
    errors,
    open_assistant,
    print_json,
    progress,
    run_batch,
)
from assistant.eligibility.loading import BENEFITS
from assistant.errors import AssistantError, NotFoundError, UsageError
from assistant.records import (
    answer_record,
    clause_record,
    document_record,
    search_error_record,
)
from assistant.retrieval.store import build_index
from assistant.settings import load_settings
from assistant.versions import Kind

app = typer.Typer(
    help="政策知识助手：依据政策原文作答，句句有出处。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(collection.documents)
app.command()(collection.register)
app.command()(keeping.remove)
app.command()(keeping.restore)
app.add_typer(succession.digest, name="digest")
app.command()(sources.sync)
app.command()(eligibility.check)
app.add_typer(eligibility.rules, name="rules")
app.command("eval")(training.evaluate)
app.command("train-reader")(training.train_reader)
app.command("train-statements")(training.train_statements)
app.command("train-embedder")(training.train_embedder)
app.command("train-ranker")(training.train_ranker)


@app.command()
def index(
    corpus: CorpusDir = None,
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """解析语料并建立索引；只重做有变化的文件。"""
    settings = load_settings(corpus_dir=corpus, index_dir=index_dir)
    with bar() as shown:
        report = build_index(settings, progress(shown))
    for failure in report.failures:
        errors.print(f"未收录 {failure.source}：{failure.message}")
    for remark in report.remarks:
        errors.print(f"请核对 {remark.source}：{remark.message}")
    record = {
        "documents": report.documents,
        "clauses": report.clauses,
        "passages": report.passages,
        "reused": report.reused,
        "failures": [{"source": f.source, "message": f.message} for f in report.failures],
        "remarks": [{"source": r.source, "message": r.message} for r in report.remarks],
        "generation": report.generation,
    }
    if as_json:
        print_json(record)
    else:
        typer.echo(
            f"已收录 {report.documents} 份文件、{report.clauses} 个条款、{report.passages} 个段落"
            f"（沿用 {report.reused} 份）：{settings.index_dir}"
        )


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="问题")] = None,
    index_dir: IndexDir = None,
    profile: Annotated[Path | None, typer.Option("--profile", help="企业情况 JSON 文件")] = None,
    as_of: AsOf = None,
    history: Annotated[Path | None, typer.Option("--history", help="对话历史 JSON 文件")] = None,
    input_path: Input = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """回答一个问题，附条款引用；或用 --input/--output 批量回答。"""
    day = batch.parse_day(as_of) if as_of else None
    assistant = open_assistant(load_settings(index_dir=index_dir))
    if input_path is not None:
        run_batch(input_path, output, batch.asker(assistant, day))
        return
    answer = assistant.ask(
        _given(question),
        profile=_read_json(profile),
        as_of=day,
        history=parse_history(_read_json(history)),
    )
    if as_json:
        print_json(answer_record(answer))
        return
    typer.echo(answer.text)
    for citation in answer.citations:
        typer.echo(f"\n[{citation.n}] 《{citation.doc_title}》{' > '.join(citation.clause_path)}")
        typer.echo(f"    “{citation.quote}”")
    for notice in answer.notices:
        typer.echo(f"\n提示：{notice}")
    if answer.ask_next is not None:
        options = "、".join(answer.ask_next.options)
        typer.echo(f"\n下一个问题：{answer.ask_next.question}（{options}）")


@app.command()
def search(
    question: Annotated[str | None, typer.Argument(help="查询")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="返回段落数")] = 8,
    index_dir: IndexDir = None,
    as_of: AsOf = None,
    input_path: Input = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """检索段落，最相关的在前，不作答。"""
    day = batch.parse_day(as_of) if as_of else None
    assistant = open_assistant(load_settings(index_dir=index_dir))
    if input_path is not None:
        run_batch(input_path, output, batch.searcher(assistant, k, day), search_error_record)
        return
    record = batch.found(assistant, _given(question), k, day or date.today())
    if as_json:
        print_json(record)
        return
    for hit in record["hits"]:
        typer.echo(batch.hit_words(hit))
    if not record["hits"]:
        typer.echo("没有检索到相关段落；请换个说法试试。")


@app.command()
def outline(
    doc: Annotated[str | None, typer.Argument(help="文件 id；只有一份文件时可省略")] = None,
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """打印文件的条款树。"""
    assistant = open_assistant(load_settings(index_dir=index_dir))
    if doc is None and len(assistant.documents) == 1:
        doc = next(iter(assistant.documents))
    if doc is None or doc not in assistant.documents:
        known = "、".join(list(assistant.documents)[:10])
        raise NotFoundError(f"没有文件 {doc!r}；已收录：{known}。")
    document = assistant.documents[doc]
    if as_json:
        clauses = [clause_record(one, document) for one in assistant.clauses_of(doc)]
        print_json({**document_record(document, with_text=True), "clauses": clauses})
        return
    for depth, clause_id, words in batch.outline_rows(assistant, doc):
        typer.echo(f"{'  ' * depth}{words}  [{clause_id}]")


@app.command()
def clause(
    address: Annotated[
        str, typer.Argument(help="条款 id 或地址，如 三（三）12、《…条例》第五条第二款")
    ],
    index_dir: IndexDir = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """打印一个条款、前后条款和它的引用；地址对应多个条款时列出来。"""
    assistant = open_assistant(load_settings(index_dir=index_dir))
    found = assistant.locate(address)
    is_ambiguous = len(found.clauses) > 1
    clauses = found.clauses if is_ambiguous else (*found.clauses, *found.others)
    day = batch.parse_day(as_of) if as_of else date.today()
    records = [batch.clause_row(assistant, one, day) for one in clauses]
    if as_json:
        print_json(records[0] if len(records) == 1 else {"clauses": records})
    elif is_ambiguous:
        for row in records:
            typer.echo(batch.clause_line(row))
    else:
        for row in records:
            typer.echo(batch.clause_words(row))
    if is_ambiguous:
        errors.print(f"“{address}”对应 {len(records)} 个条款，请写明文件名称、文号或版本。")
        raise typer.Exit(2)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="旧版：文件的路径，或已收录的文件 id")],
    new: Annotated[str, typer.Argument(help="新版：同上")],
    only: Annotated[list[Kind] | None, typer.Option("--only", help="只列这类变化，可多次")] = None,
    gold: Annotated[Path | None, typer.Option("--gold", help="列出受影响的题目：题集")] = None,
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """逐条比较一份文件的两个版本：未变、修改、移动、拆分、合并、新增、删除。"""
    from assistant import diffing

    settings = load_settings(index_dir=index_dir)
    made = diffing.compare(old, new, lambda: open_assistant(settings))
    benefits = settings.rules_dir / BENEFITS
    uses = diffing.affected(made, gold, benefits) if gold else None
    if as_json:
        print_json(diffing.diff_record(made, only or [], uses))
        return
    for line in diffing.report(made, only or [], uses):
        Console(highlight=False, soft_wrap=True).print(line)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option("--host", help="监听地址")] = None,
    port: Annotated[int | None, typer.Option("--port", help="端口")] = None,
    index_dir: IndexDir = None,
) -> None:
    """启动网页和 HTTP 接口，默认 127.0.0.1:7860。"""
    from assistant.api import serve as run_server

    settings = load_settings(host=host, port=port, index_dir=index_dir)
    with bar() as shown:
        run_server(
            settings,
            progress=progress(shown),
            on_ready=lambda address: typer.echo(f"已启动：{address}（按 Ctrl+C 停止）"),
        )


def main() -> None:
    """Run; a mistake of the caller is one line on stderr and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except ClickException as error:
        words = " ".join(error.format_message().split())
        if words:  # none where the help itself has been shown
            errors.print(f"错误：{words} 用 --help 查看用法。")
        sys.exit(2)
    except typer.Abort:
        sys.exit(1)
    except AssistantError as error:
        errors.print(f"错误：{error}")
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)


def _given(question: str | None) -> str:
    if question is None:
        raise UsageError("请给出问题，或用 --input 和 --output 批量处理。")
    return question


def _read_json(path: Path | None) -> Any:
    if path is None:
        return None
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"文件 {path} 无法读取或不是 JSON：{error}。") from error


if __name__ == "__main__":
    main()
