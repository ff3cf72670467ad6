"""The commands about digests: an official text takes a digest's place by a mapping."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path
from typing import Annotated

import typer

from assistant.cli.console import AsJson, CorpusDir, IndexDir, open_assistant, print_json
from assistant.cli.keeping import Logged, keeping_places, keeping_settings, who_runs
from assistant.corpus.official import official_pairs
from assistant.errors import NotFoundError, UsageError
from assistant.files import replace_file
from assistant.intake.reliance import reliances
from assistant.schema import Kind
from assistant.succession.applying import Plan, Succession
from assistant.succession.checking import check_mapping
from assistant.succession.mapping import load_mapping, mapping_text, path_of
from assistant.succession.propose import Proposer
from assistant.succession.undoing import undo

digest = typer.Typer(
    help="正式文件接替摘编：拟出对照、核对、改写规则和评测题。", no_args_is_help=True
)
DigestId = Annotated[str, typer.Argument(help="摘编的文件 id")]
REASON = "由正式文件接替"


@digest.command("list")
def list_pairs(
    corpus: CorpusDir = None, index_dir: IndexDir = None, as_json: AsJson = False
) -> None:
    """列出已收录、看来可以接替摘编的正式文件（同一文号或同一题名）。"""
    pairs = official_pairs(open_assistant(keeping_settings(corpus, index_dir)).documents)
    if as_json:
        print_json([{"digest": old.doc_id, "official": new.doc_id} for old, new in pairs])
        return
    for old, new in pairs:
        typer.echo(f"{old.doc_id} ← {new.doc_id}　《{new.title}》{new.doc_no or ''}")
    if not pairs:
        typer.echo("没有收录能接替摘编的正式文件。")


@digest.command("map")
def propose(
    old: DigestId,
    official: Annotated[str, typer.Argument(help="正式文件的 id")],
    corpus: CorpusDir = None,
    index_dir: IndexDir = None,
    is_anew: Annotated[bool, typer.Option("--anew", help="已有对照文件也重新拟")] = False,
) -> None:
    """拟出摘编与正式文件的条款、引文对照，写成文件，由人核对和改正。"""
    settings = keeping_settings(corpus, index_dir)
    texts = open_assistant(settings).index
    for doc_id, kind in ((old, Kind.DIGEST), (official, Kind.OFFICIAL)):
        if doc_id not in texts.documents:
            raise NotFoundError(f"资料库里没有文件 {doc_id!r}；请先收录并运行 assistant index。")
        if texts.documents[doc_id].kind is not kind:
            words = "摘编" if kind is Kind.DIGEST else "正式文件"
            raise UsageError(f"{doc_id} 不是{words}；先写摘编的 id，再写正式文件的 id。")
    path = path_of(settings.corpus_dir, old)
    if path.exists() and not is_anew:
        raise UsageError(f"已有对照文件 {path}，里面可能有人改过的内容；要重新拟请加 --anew。")
    uses = reliances(old, settings.rules_dir, settings.gold_dir)
    made = Proposer(texts, old, official).mapping(uses)
    _write(path, mapping_text(made))
    mapped = sum(bool(one.to) for one in made.clauses)
    found = sum(one.becomes is not None for one in made.quotes)
    typer.echo(
        f"条款 {len(made.clauses)} 条，对上 {mapped} 条；引文 {len(made.quotes)} 处，"
        f"对上 {found} 处：{path}\n请核对、改正，再运行 assistant digest check {old}。"
    )


@digest.command("check")
def check(
    old: DigestId,
    corpus: CorpusDir = None,
    index_dir: IndexDir = None,
    as_json: AsJson = False,
) -> None:
    """核对对照文件：条款和引文在不在正式文件里，数和日期同不同，有没有漏；有错时退出码为 1。"""
    settings = keeping_settings(corpus, index_dir)
    mapping = load_mapping(settings.corpus_dir, old)
    texts = open_assistant(settings).index
    found = check_mapping(mapping, texts, reliances(old, settings.rules_dir, settings.gold_dir))
    if as_json:
        print_json({"problems": found.problems, "remarks": found.remarks})
    else:
        for line in found.problems:
            typer.echo(f"要改：{line}")
        for line in found.remarks:
            typer.echo(f"请看：{line}")
        state = f"有 {len(found.problems)} 处要改" if found.problems else "全部通过"
        typer.echo(f"核对 {len(mapping.clauses)} 条、{len(mapping.quotes)} 处引文：{state}。")
    if found.problems:
        raise typer.Exit(1)


@digest.command("apply")
def apply(
    old: DigestId,
    corpus: CorpusDir = None,
    index_dir: IndexDir = None,
    is_dry: Annotated[bool, typer.Option("--dry-run", help="只列出会改什么，不写入")] = False,
    as_json: AsJson = False,
) -> None:
    """按对照让正式文件接替摘编：规则、题目、目录和摘编一起改，或者什么都不改。"""
    settings = keeping_settings(corpus, index_dir)
    mapping = load_mapping(settings.corpus_dir, old)
    succession = Succession(
        mapping, open_assistant(settings).index, *keeping_places(settings)
    )
    about = (datetime.now(timezone.utc), who_runs(), REASON)
    made = succession.plan(about)
    if not is_dry and not made.refused:
        with Logged(settings, "succeed", old, official=mapping.official):
            made = succession.apply(about)
    _tell(made, is_written=not is_dry and not made.refused, as_json=as_json)
    if made.refused:
        raise typer.Exit(1)


@digest.command("undo")
def take_back(old: DigestId, corpus: CorpusDir = None, index_dir: IndexDir = None) -> None:
    """退回一次接替：摘编、规则、评测题、对照文件和目录都恢复原样，正式文件留在资料库里。"""
    settings = keeping_settings(corpus, index_dir)
    shelf, places = keeping_places(settings)
    with Logged(settings, "unsucceed", old):
        kept = undo(shelf, places, old)
    typer.echo(
        f"已退回：摘编《{kept.title}》放回 {kept.file}，规则和题目恢复原样，"
        f"正式文件 {kept.successor} 仍在资料库里；请运行 assistant index 和 assistant rules check。"
    )


def _tell(made: Plan, *, is_written: bool, as_json: bool) -> None:
    if as_json:
        print_json({"rules": made.rules, "gold": made.gold, "withdrawn_rules": made.withdrawn_rules,
                    "withdrawn_gold": made.withdrawn_gold, "inherited": made.inherited,
                    "refused": made.refused, "written": is_written})  # fmt: skip
        return
    for line in made.told():
        typer.echo(line)
    done = "已替换，请运行 assistant index 和 assistant rules check。"
    typer.echo(done if is_written else "没有作任何改动。")


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode())
    except OSError as error:
        raise UsageError(f"无法写入 {path}：{error.strerror}；请检查权限。") from error
