"""The commands about the collection: `documents` lists it, `register` proposes rows for it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from assistant.batch import parse_day
from assistant.cli.console import (
    AsJson,
    AsOf,
    CorpusDir,
    IndexDir,
    errors,
    open_assistant,
    print_json,
)
from assistant.corpus.collection import Listed, Wanted, list_documents, listed_record
from assistant.corpus.force import Force
from assistant.corpus.notices import LABELS
from assistant.corpus.proposals import add_rows, propose_rows
from assistant.schema import Kind, Tier
from assistant.settings import load_settings

PIPED_WIDTH = 200
_TIERS = {Tier.NATIONAL: "国家", Tier.CITY: "市", Tier.DISTRICT: "区"}


def documents(
    as_of: AsOf = None,
    tier: Annotated[Tier | None, typer.Option("--tier", help="层级")] = None,
    issuer: Annotated[str, typer.Option("--issuer", help="发文机关名称里的字")] = "",
    region: Annotated[str, typer.Option("--region", help="地区，如 宝山区")] = "",
    topic: Annotated[str, typer.Option("--topic", help="题名或主题里的字，如 生物医药")] = "",
    status: Annotated[
        list[Force] | None, typer.Option("--status", help="在时点上的状态；可写多次")
    ] = None,
    since: Annotated[int | None, typer.Option("--since", help="自哪一年")] = None,
    until: Annotated[int | None, typer.Option("--until", help="至哪一年")] = None,
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """列出文件和它们在某一天的状态，可按层级、机关、主题、状态和年份筛选。"""
    day = parse_day(as_of) if as_of else date.today()
    wanted = Wanted(tier, issuer, region, topic, frozenset(status or ()), since, until)
    assistant = open_assistant(load_settings(index_dir=index_dir))
    listed = list_documents(assistant.documents, day, wanted)
    if as_json:
        found = [listed_record(one) for one in listed]
        print_json({"as_of": day.isoformat(), "documents": found})
        return
    console = Console(highlight=False)
    console.width = console.width if console.is_terminal else PIPED_WIDTH
    console.print(_table(listed))
    console.print(f"{day} 共 {len(listed)} 份（全部 {len(assistant.documents)} 份）", markup=False)


def register(
    corpus: CorpusDir = None,
    is_dry: Annotated[bool, typer.Option("--dry-run", help="只显示，不写入")] = False,
    as_json: AsJson = False,
) -> None:
    """给还没有登记的文件在 manifest.jsonl 里写入建议的行；已有的行不改。"""
    settings = load_settings(corpus_dir=corpus)
    folder = settings.corpus_dir
    proposal = propose_rows(folder, settings.max_file_bytes)
    if not is_dry and proposal.rows:
        add_rows(folder, settings.state_dir, proposal.rows)
    for failure in proposal.failures:
        errors.print(f"未收录 {failure.source}：{failure.message}")
    if as_json:
        rows = [row.model_dump(mode="json") for row in proposal.rows]
        print_json({"rows": rows, "kept": proposal.kept, "written": not is_dry})
        return
    for row in proposal.rows:
        typer.echo(row.line())
    verb = "建议" if is_dry else "写入"
    typer.echo(f"{verb} {len(proposal.rows)} 行，原有 {proposal.kept} 行未改；请核对：{folder}")


def _table(listed: tuple[Listed, ...]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False)
    for name in ("id", "题名", "文号", "层级", "状态", "印发", "施行", "有效期至"):
        table.add_column(name, overflow="fold")
    for one in listed:
        document = one.document
        label = LABELS[one.standing.force]
        days = (document.issued_on, document.effective_on, document.expires_on)
        table.add_row(
            document.doc_id,
            document.title,
            document.doc_no or "",
            _TIERS[document.tier] if document.tier else "",
            f"{label}（摘编）" if document.kind is Kind.DIGEST else label,
            *(day.isoformat() if day else "" for day in days),
        )
    return table
