"""The commands that change what the corpus holds: `remove` and `restore`."""

from __future__ import annotations

import getpass
from datetime import datetime, timezone
from typing import Annotated

import typer

from assistant.cli.console import AsJson, CorpusDir, IndexDir, open_assistant, print_json
from assistant.errors import AssistantError, NotFoundError
from assistant.intake.filing import Shelf
from assistant.intake.journal import AuditLog
from assistant.intake.removal import Places, dependents_of
from assistant.intake.removal import remove as take_out
from assistant.intake.removal import restore as put_back
from assistant.retrieval.store import own_corpus
from assistant.settings import Settings, load_settings


def remove(
    doc: Annotated[str, typer.Argument(help="文件 id")],
    why: Annotated[str, typer.Option("--reason", help="原因，显示给打开旧链接的人")],
    corpus: CorpusDir = None,
    index_dir: IndexDir = None,
    is_dry: Annotated[bool, typer.Option("--dry-run", help="只列出会一并收起的，不移出")] = False,
    as_json: AsJson = False,
) -> None:
    """把一份文件移出资料库，依据它的规则和评测题一并收起；存档可以恢复。"""
    settings = keeping_settings(corpus, index_dir)
    texts = open_assistant(settings).index
    shelf, places = keeping_places(settings)
    if doc not in texts.documents:
        raise NotFoundError(f"资料库里没有文件 {doc!r}；可用 assistant documents 查看。")
    found = dependents_of(doc, texts, places)
    if not is_dry:
        about = (datetime.now(timezone.utc), who_runs(), why)
        with Logged(settings, "remove", doc, reason=why):
            take_out(shelf, places, texts, doc, about)
    if as_json:
        links = [one.doc_id for one in found.links]
        print_json({"doc_id": doc, "removed": not is_dry, "rules": found.rules,
                    "gold": found.gold, "links": links})  # fmt: skip
        return
    for line in found.told:
        typer.echo(line)
    typer.echo(f"没有移出 {doc}（--dry-run）。" if is_dry else
               f"已移出 {doc}，请运行 assistant index；恢复：assistant restore {doc}")  # fmt: skip


def restore(
    doc: Annotated[str, typer.Argument(help="文件 id")],
    corpus: CorpusDir = None,
    index_dir: IndexDir = None,
) -> None:
    """把移出的文件连同它的规则和评测题放回原处。"""
    settings = keeping_settings(corpus, index_dir)
    shelf, places = keeping_places(settings)
    with Logged(settings, "restore", doc):
        kept = put_back(shelf, places, doc)
    typer.echo(f"已放回《{kept.title}》（{kept.file}），请运行 assistant index。")


class Logged:
    """A line in the audit log before, and another where it failed."""

    def __init__(self, settings: Settings, action: str, doc: str, **details: str) -> None:
        self._log = AuditLog(settings.state_dir)
        self._told = (who_runs(), action, doc, details)

    def __enter__(self) -> None:
        who, action, doc, details = self._told
        self._log.write(datetime.now(timezone.utc), who, action, doc_id=doc, **details)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, AssistantError):
            who, action, doc, _ = self._told
            at = datetime.now(timezone.utc)
            self._log.write(at, who, f"{action}_failed", doc_id=doc, reason=str(error))


def keeping_settings(corpus: object, index_dir: object) -> Settings:
    """Settings whose corpus is that of the index, unless one is named."""
    return own_corpus(load_settings(corpus_dir=corpus, index_dir=index_dir))


def keeping_places(settings: Settings) -> tuple[Shelf, Places]:
    shelf = Shelf(settings.corpus_dir, settings.state_dir)
    return shelf, Places(settings.rules_dir, settings.gold_dir)


def who_runs() -> str:
    """For the audit log."""
    try:
        return f"命令行 {getpass.getuser()}"
    except (KeyError, OSError):
        return "命令行"
