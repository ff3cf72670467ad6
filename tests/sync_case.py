"""What the tests of `assistant sync` share: pages of a site, sources, and what came of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from assistant.corpus.register import read_register
from assistant.settings import Settings
from assistant.sync import Source
from tests.web_site import Site

DAY = date(2026, 3, 1)
LATER = date(2026, 4, 2)
LAST = date(2026, 5, 3)


def page(amount: int = 20, extra: str = "", number: int = 1) -> bytes:
    """A regulation as a site publishes it; `extra` is furniture of the page."""
    articles = "".join(
        f"<p>第{name}条　{words}</p>"
        for name, words in zip(
            "一二三四",
            (
                "为了规范示例资金的使用，提高资金使用效益，结合本区实际，制定本办法。",
                f"对符合条件的企业，给予不超过{amount}万元的一次性补贴，由区科委组织评审。",
                "申请单位应当在本区依法登记，经营状态正常，没有严重失信记录。",
                "本办法自2025年1月1日起施行，有效期至2027年12月31日。",
            ),
            strict=True,
        )
    )
    title = f"示例区第{number}号资金管理办法"
    return (
        f"<html><head><meta charset='utf-8'><title>{title}</title></head><body>"
        f"<nav>首页 {extra}</nav><h1>{title}</h1>{articles}</body></html>"
    ).encode()


def sync_settings(folder: Path) -> Settings:
    """No delay, a short wait, and this machine's own sites."""
    return Settings(
        corpus_dir=folder / "corpus",
        index_dir=folder / "index",
        state_dir=folder / "state",
        sync_delay_s=0,
        sync_timeout_s=3,
        sync_private_hosts=True,
        max_file_bytes=200_000,
    )


def document(site: Site, path: str = "/a.html", **more: object) -> Source:
    return Source.model_validate(
        {"name": "sample", "kind": "document", "url": site.url(path)} | more
    )


def listing(site: Site, **more: object) -> Source:
    given = {"name": "notices", "kind": "list", "url": site.url("/list"), "pattern": r"\.html$"}
    return Source.model_validate(given | more)


def rows(settings: Settings) -> dict:
    return {row.doc_id: row for row in read_register(settings.corpus_dir).rows.values()}


def corpus_files(settings: Settings) -> list[str]:
    return sorted(path.name for path in (settings.corpus_dir / "fetched").glob("*"))


def outcomes(items) -> list[str]:
    return [one.outcome.value for one in items]
