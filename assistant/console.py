"""What the commands share: the stream for errors, the progress bar, JSON, an opened assistant."""

from __future__ import annotations

import json
from typing import Any

import typer
from rich.console import Console
from rich.progress import Progress

from assistant.pipeline import Assistant
from assistant.settings import Settings

errors = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


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
