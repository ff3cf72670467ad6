"""A run over all sources: each page on its own, a fault of one never stops the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any

from assistant.errors import CorpusError, FetchError, UsageError
from assistant.files import locked
from assistant.parsing.links import links_in
from assistant.settings import Settings
from assistant.sync.items import Item, Outcome
from assistant.sync.memory import Memory, Remembered
from assistant.sync.shelf import Shelf, Version, set_aside
from assistant.sync.sources import Source
from assistant.sync.web import Page, Web
from assistant.transaction import changing

FOLDER = "sync"
QUARANTINE = "quarantine"


def run_sync(
    sources: Sequence[Source],
    settings: Settings,
    day: date,
    *,
    is_dry: bool = False,
    on_item: Callable[[Item], None] = lambda _: None,
) -> list[Item]:
    """Fetch what the sources name into `settings.corpus_dir`; `day` is the day of fetching.

    Raises:
        CorpusError: a folder cannot be written, or a row of the manifest is broken.
        UsageError: another run is under way.
    """
    folder = settings.state_dir / FOLDER
    found: list[Item] = []
    try:
        with ExitStack() as held:
            if not is_dry:
                folder.mkdir(parents=True, exist_ok=True)
                settings.corpus_dir.mkdir(parents=True, exist_ok=True)
                held.enter_context(locked(folder / ".lock"))
            run = _Run(settings, held.enter_context(Web(settings)), day, is_dry=is_dry)
            for source in sources:
                for item in run.source(source):
                    on_item(item)
                    found.append(item)
            run.memory.finish()
    except BlockingIOError as error:
        raise UsageError("另一个 assistant sync 正在运行；请等它完成后再试。") from error
    except OSError as error:
        raise CorpusError(
            f"{error.filename or folder} 无法读写：{error.strerror}。请检查权限和磁盘空间。"
        ) from error
    return found


class _Run:
    """One pass over the sources."""

    def __init__(self, settings: Settings, web: Web, day: date, *, is_dry: bool) -> None:
        """
        Raises:
            CorpusError: the manifest is broken; told before anything is asked for.
        """
        self.memory = Memory(settings.state_dir / FOLDER, day, is_dry=is_dry)
        self._web = web
        self._state_dir = settings.state_dir
        self._shelf = Shelf(settings.corpus_dir, day)
        self._day = day
        self._is_dry = is_dry
        self._shelf.rows()

    def source(self, source: Source) -> Iterator[Item]:
        """What became of each page of a source."""
        try:
            urls = self._links(source) if source.kind == "list" else (source.url,)
        except FetchError as error:
            yield Item(source.name, source.url, Outcome.FAILED, message=str(error))
            return
        for url in urls:
            yield self._page(source, url)

    def _links(self, source: Source) -> tuple[str, ...]:
        """The documents that a list names.

        Raises:
            FetchError: the list cannot be had, or names none.
        """
        sought = f"{source.selector}\n{source.pattern}"
        known = self.memory.of(source.url)
        if known is not None and known.sought != sought:
            known = None
        if known is None or not self.memory.is_done(source.url):
            page = self._web.get(source.url, source.sites, known.validators if known else None)
            if page.raw is not None or known is None:
                links = links_in(page.raw or b"", page.url, source.selector, source.pattern)
                known = _remembered(page, links=links, sought=sought)
            if not known.links:
                raise FetchError(
                    "网页里没有符合 selector 和 pattern 的链接，网站可能改版；请核对来源清单。"
                )
            self.memory.keep(source.url, known)
        return known.links[: source.max_links]

    def _page(self, source: Source, url: str) -> Item:
        before = self._shelf.newest(url)
        known = self.memory.of(url)
        if before is None or known is None or known.sha256 != before.sha256:
            known = None  # what the site was last known to say is not what the corpus has
        if before is not None and known is not None and self.memory.is_done(url):
            return _item(source, url, Outcome.SKIPPED, before)
        try:
            page = self._web.get(url, source.sites, known.validators if known else None)
            if page.raw is None and known is not None:
                self.memory.keep(url, known)
                return _item(source, url, Outcome.UNCHANGED, before, page)
            return self._taken(source, url, page, before)
        except FetchError as error:
            return replace(_item(source, url, Outcome.FAILED, before), message=str(error))

    def _taken(self, source: Source, url: str, page: Page, before: Version | None) -> Item:
        """A page that came: kept if it is new or says something else than the version before."""
        raw = page.raw or b""
        try:
            if before is not None and before.raw == raw:
                return self._same(source, url, page, before)
            parsed = self._shelf.read(page, self._shelf.free_id(source, url, before))
            if before is not None and not self._shelf.is_changed(before, parsed):
                return self._same(source, url, page, before)
            row = self._shelf.row_of(parsed, source, url)
        except CorpusError as error:
            words = str(error)
            if not self._is_dry:
                place = set_aside(self._state_dir / QUARANTINE, page, source, self._day, words)
                words += f"已另存为 {place}。"
            return replace(_item(source, url, Outcome.QUARANTINED, before, page), message=words)
        if not self._is_dry:
            with changing(self._state_dir):  # uploads and removals write the manifest, too
                self._shelf.add(row, raw, before)
        kept = Version(row, row.doc_id or "", raw)
        self.memory.keep(url, _remembered(page, sha256=kept.sha256))
        outcome, words = Outcome.NEW, parsed.document.title
        if before is not None:
            outcome, words = Outcome.CHANGED, f"{words}：接替 {before.doc_id}，旧版保留。"
        return replace(_item(source, url, outcome, kept, page), message=words)

    def _same(self, source: Source, url: str, page: Page, before: Version) -> Item:
        self.memory.keep(url, _remembered(page, sha256=before.sha256))
        day, fetched_on = _day_of(page), before.row.fetched_on
        is_later = day is not None and fetched_on is not None and day > fetched_on
        words = "网站标明的日期变了，正文没有变。" if is_later else ""
        return replace(_item(source, url, Outcome.UNCHANGED, before, page), message=words)


def _remembered(page: Page, **more: Any) -> Remembered:
    validators = page.validators
    return Remembered(etag=validators.etag, last_modified=validators.last_modified, **more)


def _item(
    source: Source, url: str, outcome: Outcome, version: Version | None, page: Page | None = None
) -> Item:
    return Item(
        source.name,
        url,
        outcome,
        version.doc_id if version else None,
        version.row.file if version else None,
        _day_of(page) if page else None,
    )


def _day_of(page: Page) -> date | None:
    """The day of the page by its Last-Modified; None where that is absent or malformed."""
    try:
        return parsedate_to_datetime(page.validators.last_modified or "").date()
    except ValueError:
        return None
