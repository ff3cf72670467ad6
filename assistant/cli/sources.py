"""The command `sync`: official pages into the corpus."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.console import AsJson, CorpusDir, bar, errors, print_json
from assistant.settings import load_settings

_NAMES = {
    "new": "新增", "changed": "有变化", "unchanged": "没有变化", "skipped": "今天已取过",
    "quarantined": "已隔离", "failed": "未取到",
}  # fmt: skip


def sync(
    sources: Annotated[Path | None, typer.Option("--sources", help="来源清单 TOML 文件")] = None,
    corpus: CorpusDir = None,
    is_dry: Annotated[bool, typer.Option("--dry-run", help="只取来比较，不写入")] = False,
    as_json: AsJson = False,
) -> None:
    """从来源清单里的官方网页取回文件：新的收下，变了的另存一版，旧版保留。"""
    from assistant.sync import FAULTS, Item, item_record, load_sources, run_sync

    settings = load_settings(corpus_dir=corpus, sources_file=sources)
    named = load_sources(settings.sources_file)
    with bar() as shown:
        task = shown.add_task("取网页", total=None)

        def told(item: Item) -> None:
            shown.advance(task)
            if item.outcome in FAULTS:
                errors.print(f"{_NAMES[item.outcome.value]} {item.url}：{item.message}")

        items = run_sync(named, settings, date.today(), is_dry=is_dry, on_item=told)
    counts = Counter(one.outcome.value for one in items)
    if as_json:
        found = [item_record(one) for one in items]
        print_json({"items": found, "counts": counts, "written": not is_dry})
    else:
        for one in items:
            if one.outcome.value in ("new", "changed"):
                typer.echo(f"{_NAMES[one.outcome.value]} {one.doc_id}：{one.message}")
        told_counts = "、".join(f"{_NAMES[key]} {counts[key]}" for key in _NAMES if counts[key])
        typer.echo(_summary(told_counts, settings.sources_file, settings.corpus_dir, is_dry))
    if any(one.outcome in FAULTS for one in items):
        raise typer.Exit(1)


def _summary(counts: str, sources: Path, corpus: Path, is_dry: bool) -> str:
    if not counts:
        return f"来源清单 {sources} 里还没有来源；请照其中的例子写入要取的官方网页。"
    if is_dry:
        return f"{counts}；没有写入。"
    return f"{counts}：{corpus}；有新增或变化时请运行 assistant index。"
