"""The command `assistant`: prints, nothing else."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from assistant import batch
from assistant.errors import AssistantError, NotFoundError, UsageError
from assistant.pipeline import Assistant, parse_history
from assistant.records import answer_record, clause_record, document_record, search_record
from assistant.retrieval.store import build_index
from assistant.settings import Settings, load_settings

app = typer.Typer(
    help="政策知识助手：依据政策原文作答，句句有出处。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

IndexDir = Annotated[Path | None, typer.Option("--index", help="索引文件夹")]
CorpusDir = Annotated[Path | None, typer.Option("--corpus", help="语料文件夹")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="时点，如 2026-11-22；默认今天")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Input = Annotated[Path | None, typer.Option("--input", help="批量：问题 JSONL 文件")]
Output = Annotated[Path | None, typer.Option("--output", help="批量：结果 JSONL 文件")]


@app.command()
def index(
    corpus: CorpusDir = None,
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """解析语料并建立索引；只重做有变化的文件。"""
    settings = load_settings(corpus_dir=corpus, index_dir=index_dir)
    with _bar() as bar:
        report = build_index(settings, _progress(bar))
    for failure in report.failures:
        errors.print(f"未收录 {failure.source}：{failure.message}")
    record = {
        "documents": report.documents,
        "clauses": report.clauses,
        "passages": report.passages,
        "reused": report.reused,
        "failures": [{"source": f.source, "message": f.message} for f in report.failures],
        "generation": report.generation,
    }
    if as_json:
        _print_json(record)
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
    assistant = _open(load_settings(index_dir=index_dir))
    if input_path is not None:
        _batch(input_path, output, batch.asker(assistant, day))
        return
    answer = assistant.ask(
        _given(question),
        profile=_read_json(profile),
        as_of=day,
        history=parse_history(_read_json(history)),
    )
    if as_json:
        _print_json(answer_record(answer))
        return
    typer.echo(answer.text)
    for citation in answer.citations:
        typer.echo(f"\n[{citation.n}] 《{citation.doc_title}》{' > '.join(citation.clause_path)}")
        typer.echo(f"    “{citation.quote}”")
    for notice in answer.notices:
        typer.echo(f"\n提示：{notice}")


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
    if as_of:
        batch.parse_day(as_of)
    assistant = _open(load_settings(index_dir=index_dir))
    if input_path is not None:
        _batch(input_path, output, batch.searcher(assistant, k))
        return
    begin = time.perf_counter()
    hits = assistant.search(_given(question), k)
    total = (time.perf_counter() - begin) * 1000
    if as_json:
        _print_json(search_record(_given(question), hits, {"total": total}))
        return
    for hit in hits:
        typer.echo(f"{hit.rank}. {hit.score:.3f}  {' > '.join(hit.passage.path)}")
        typer.echo(f"    {hit.passage.text}")
    if not hits:
        typer.echo("没有检索到相关段落；请换个说法试试。")


@app.command()
def outline(
    doc: Annotated[str | None, typer.Argument(help="文件 id；只有一份文件时可省略")] = None,
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """打印文件的条款树。"""
    assistant = _open(load_settings(index_dir=index_dir))
    if doc is None and len(assistant.documents) == 1:
        doc = next(iter(assistant.documents))
    if doc not in assistant.documents:
        known = "、".join(list(assistant.documents)[:10])
        raise NotFoundError(f"没有文件 {doc!r}；已收录：{known}。")
    document = assistant.documents[doc]
    if as_json:
        clauses = [clause_record(one, document) for one in assistant.clauses_of(doc)]
        _print_json({**document_record(document, with_text=True), "clauses": clauses})
        return
    for depth, clause_id, words in batch.outline_rows(assistant, doc):
        typer.echo(f"{'  ' * depth}{words}  [{clause_id}]")


@app.command()
def clause(
    address: Annotated[
        str, typer.Argument(help="条款 id 或地址，如 三（三）12、《…条例》第五条第二款")
    ],
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """打印一个条款、前后条款和它的引用；地址对应多个条款时列出来。"""
    assistant = _open(load_settings(index_dir=index_dir))
    found = assistant.locate(address)
    is_ambiguous = len(found.clauses) > 1
    clauses = found.clauses if is_ambiguous else (*found.clauses, *found.others)
    records = [batch.clause_row(assistant, one) for one in clauses]
    if as_json:
        _print_json(records[0] if len(records) == 1 else {"clauses": records})
    elif is_ambiguous:
        for row in records:
            typer.echo(batch.clause_line(row))
    else:
        for row in records:
            typer.echo(batch.clause_words(row))
    if is_ambiguous:
        errors.print(f"“{address}”对应 {len(records)} 个条款，请写明文件名称、文号或版本。")
        raise typer.Exit(2)


@app.command("eval")
def evaluate(
    gold: Annotated[Path, typer.Option("--gold", help="题集文件夹")] = Path("eval/gold"),
    gates: Annotated[Path | None, typer.Option("--gates", help="门槛文件 TOML")] = None,
    baseline: Annotated[Path | None, typer.Option("--baseline", help="基线 JSON")] = None,
    report_dir: Annotated[Path | None, typer.Option("--report", help="报告文件夹")] = None,
    split: Annotated[str, typer.Option("--split", help="dev、test、hostile 或 all")] = "all",
    index_dir: IndexDir = None,
) -> None:
    """在题集上评测；有门槛未达到时退出码为 1。"""
    from assistant.evaluation import compare, evaluator, report
    from assistant.evaluation.gates import failed_gates, load_gates
    from assistant.evaluation.gold import load_gold

    assistant = _open(load_settings(index_dir=index_dir))
    questions = load_gold(gold, assistant.documents, assistant.clauses)
    with _bar() as bar:
        task = bar.add_task("作答", total=None)
        result = evaluator.run_evaluation(
            assistant,
            questions,
            split=split,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    failed = failed_gates(result, load_gates(gates)) if gates else ()
    comparison = compare.compare(result, compare.load_baseline(baseline)) if baseline else None
    if report_dir is not None:
        for path in report.write_report(report_dir, result, failed, comparison):
            typer.echo(f"报告：{path}")
    typer.echo(report.summary(result))
    for one in failed:
        errors.print(str(one))
    if failed:
        raise typer.Exit(1)


@app.command("train-embedder")
def train(
    train_dir: Annotated[Path, typer.Argument(help="含 ncp_pairs.jsonl 和 news.jsonl.gz 的文件夹")],
    out_dir: Annotated[Path, typer.Argument(help="模型写到这个文件夹")],
    seed: Annotated[int, typer.Option("--seed", help="随机种子")] = 20240601,
) -> None:
    """训练随附的静态向量模型（CPU 上几分钟）。"""
    from assistant.retrieval.training import train_embedder

    with _bar() as bar:
        train_embedder(train_dir, out_dir, seed=seed, progress=_progress(bar))
    typer.echo(f"已写入 {out_dir}")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option("--host", help="监听地址")] = None,
    port: Annotated[int | None, typer.Option("--port", help="端口")] = None,
    index_dir: IndexDir = None,
) -> None:
    """启动网页和 HTTP 接口，默认 127.0.0.1:7860。"""
    from assistant.api import serve as run_server

    settings = load_settings(host=host, port=port, index_dir=index_dir)
    with _bar() as bar:
        run_server(
            settings,
            progress=_progress(bar),
            on_ready=lambda address: typer.echo(f"已启动：{address}（按 Ctrl+C 停止）"),
        )


def main() -> None:
    """Run; a mistake of the caller is one line on stderr and exit code 2."""
    try:
        app()
    except AssistantError as error:
        errors.print(f"错误：{error}")
        sys.exit(2)


def _open(settings: Settings) -> Assistant:
    with _bar() as bar:
        return Assistant.open(settings, progress=_progress(bar))


def _bar() -> Progress:
    return Progress(console=errors, transient=True, disable=not errors.is_terminal)


def _progress(bar: Progress) -> Any:
    tasks: dict[str, Any] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = bar.add_task(stage, total=total)
        bar.update(tasks[stage], completed=done, total=total)

    return report


def _batch(input_path: Path, output: Path | None, answer: Any) -> None:
    if output is None:
        raise UsageError("批量处理需要同时给出 --input 和 --output。")
    with _bar() as bar:
        task = bar.add_task("处理", total=None)
        count = batch.run_batch(
            input_path,
            output,
            answer,
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    errors.print(f"已处理 {count} 行：{output}")


def _given(question: str | None) -> str:
    if question is None:
        raise UsageError("请给出问题，或用 --input 和 --output 批量处理。")
    return question


def _read_json(path: Path | None) -> Any:
    if path is None:
        return None
    try:
        return json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"文件 {path} 无法读取或不是 JSON：{error}。") from error


def _print_json(record: object) -> None:
    typer.echo(json.dumps(record, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
