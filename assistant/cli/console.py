"""What the commands share: options, the stream for errors, the progress bar, JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress

from assistant import batch
from assistant.errors import UsageError
from assistant.pipeline import Assistant
from assistant.settings import Settings

errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

IndexDir = Annotated[Path | None, typer.Option("--index", help="索引文件夹")]
CorpusDir = Annotated[Path | None, typer.Option("--corpus", help="语料文件夹")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="时点，如 2026-11-22；默认今天")]
AsJson = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Input = Annotated[Path | None, typer.Option("--input", help="批量：问题 JSONL 文件")]
Output = Annotated[Path | None, typer.Option("--output", help="批量：结果 JSONL 文件")]


def open_assistant(settings: Settings) -> Assistant:
    with bar() as shown:
        return Assistant.open(settings, progress=progress(shown))


def bar() -> Progress:
    return Progress(console=errors, transient=True, disable=not errors.is_terminal)


def progress(shown: Progress) -> Any:
    """A callback that moves one task a stage."""
    tasks: dict[str, Any] = {}

    def report(stage: str, done: int, total: int) -> None:
        if stage not in tasks:
            tasks[stage] = shown.add_task(stage, total=total)
        shown.update(tasks[stage], completed=done, total=total)

    return report


def print_json(record: object) -> None:
    typer.echo(json.dumps(record, ensure_ascii=False, indent=2))


def run_batch(
    input_path: Path,
    output: Path | None,
    answer: Any,
    failed: batch.Failed = batch.failed_answer,
) -> None:
    """A row of `output` for each row of `input_path`, with progress."""
    if output is None:
        raise UsageError("批量处理需要同时给出 --input 和 --output。")
    with bar() as shown:
        task = shown.add_task("处理", total=None)
        count = batch.run_batch(
            input_path,
            output,
            answer,
            lambda done, total: shown.update(task, completed=done, total=total),
            failed,
        )
    errors.print(f"已处理 {count} 行：{output}")
