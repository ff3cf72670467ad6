"""`assistant sync` against a site on this machine that behaves, changes, lies and breaks."""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
import time
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.cli import app
from assistant.corpus.force import Force, newer_versions, standing_on
from assistant.corpus.register import read_register, write_register
from assistant.errors import CorpusError, SettingsError, UsageError
from assistant.files import locked
from assistant.retrieval.store import build_index, open_index
from assistant.settings import PACKAGE_DIR, Settings
from assistant.sync import Outcome, Source, load_sources, run_sync
from tests.web_site import Site, dripping, half, send, serving, tagged

pytestmark = pytest.mark.network

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


@pytest.fixture
def site():
    with serving() as one:
        yield one


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        corpus_dir=tmp_path / "corpus",
        index_dir=tmp_path / "index",
        state_dir=tmp_path / "state",
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


def test_a_new_document_is_kept_byte_for_byte_with_its_row(site, settings):
    site.pages["/a.html"] = page()

    (item,) = run_sync([document(site, topics=["示例"], tier="district")], settings, DAY)

    assert item.outcome is Outcome.NEW
    (row,) = rows(settings).values()
    assert (row.url, row.fetched_on, row.topics) == (site.url("/a.html"), DAY, ("示例",))
    assert (row.title, row.level) == ("示例区第1号资金管理办法", "district")
    assert row.expires_on == date(2027, 12, 31)
    assert (settings.corpus_dir / row.file).read_bytes() == page()
    build_index(settings)
    indexed = open_index(settings).documents[row.doc_id]
    assert (indexed.url, indexed.fetched_on) == (row.url, DAY)


def test_a_changed_document_is_a_new_version_and_the_old_one_stays(site, settings):
    source = document(site, doc_id="fund")
    site.pages["/a.html"] = page(20)
    run_sync([source], settings, DAY)
    before = (settings.corpus_dir / "fetched" / "fund.html").read_bytes()
    site.pages["/a.html"] = page(30)

    (item,) = run_sync([source], settings, LATER)

    assert (item.outcome, item.doc_id) == (Outcome.CHANGED, "fund_20260402")
    assert (settings.corpus_dir / "fetched" / "fund.html").read_bytes() == before
    found = rows(settings)
    assert found["fund"].replaced_by == ("fund_20260402",)
    assert found["fund_20260402"].replaces == ("fund",)
    build_index(settings)
    documents = open_index(settings).documents
    newer = newer_versions(documents)
    state = {one: standing_on(documents[one], newer.get(one, ()), LATER).force for one in documents}
    assert state == {"fund": Force.SUPERSEDED, "fund_20260402": Force.IN_FORCE}


def test_two_changes_on_one_day_and_a_change_back_are_versions_each(site, settings):
    source = document(site, doc_id="fund")
    for amount in (20, 30, 20):
        site.pages["/a.html"] = page(amount)
        run_sync([source], settings, DAY)

    assert list(rows(settings)) == ["fund", "fund_20260301", "fund_20260301_2"]
    assert rows(settings)["fund_20260301"].replaced_by == ("fund_20260301_2",)
    assert outcomes(run_sync([source], settings, LATER)) == ["unchanged"]


def test_a_page_whose_furniture_alone_changed_is_the_same_version(site, settings):
    site.pages["/a.html"] = page(extra="今日访问 17 次")
    run_sync([document(site)], settings, DAY)
    modified = "Thu, 02 Apr 2026 08:00:00 GMT"
    changed = tagged(page(extra="今日访问 99 次"), '"b"', modified)
    site.pages["/a.html"] = changed

    (item,) = run_sync([document(site)], settings, LAST)

    assert (item.outcome, item.modified_on) == (Outcome.UNCHANGED, date(2026, 4, 2))
    assert "日期变了，正文没有变" in item.message
    assert len(corpus_files(settings)) == 1


def test_what_did_not_change_is_not_sent_again(site, settings):
    site.pages["/a.html"] = tagged(page(), '"one"', "Sun, 01 Mar 2026 00:00:00 GMT")
    run_sync([document(site)], settings, DAY)

    for day in (LATER, LAST):
        assert outcomes(run_sync([document(site)], settings, day)) == ["unchanged"]

    later = [one.headers for one in site.asked if one.path == "/a.html"][1:]
    assert [one.get("If-None-Match") for one in later] == ['"one"', '"one"']
    assert [one.get("If-Modified-Since") for one in later] == ["Sun, 01 Mar 2026 00:00:00 GMT"] * 2


def test_another_corpus_is_not_told_that_nothing_changed(site, settings, tmp_path):
    site.pages["/a.html"] = tagged(page(), '"one"')
    run_sync([document(site)], settings, DAY)
    other = settings.model_copy(update={"corpus_dir": tmp_path / "other"})

    assert outcomes(run_sync([document(site)], other, DAY)) == ["new"]


def test_without_its_state_a_run_finds_its_versions_in_the_manifest(site, settings):
    site.pages["/a.html"] = page()
    run_sync([document(site)], settings, DAY)
    state = settings.state_dir / "sync" / "state.json"
    for damage in (b"", b"{", b'{"pages": 3}', None):
        state.unlink() if damage is None else state.write_bytes(damage)

        assert outcomes(run_sync([document(site)], settings, DAY)) == ["unchanged"]


def test_a_list_gives_the_documents_it_links_to(site, settings):
    site.pages["/list"] = (
        "<html><body><a href='/z.html'>别处</a><ul class='docs'>"
        "<li><a href='1.html#top'>一</a></li><li><a href='/2.html'>二</a></li>"
        "<li><a href='/1.html'>又一次</a></li><li><a href='javascript:x()'>无</a></li>"
        "<li><a href='mailto:a@b.c'>信</a></li><li><a href='/x.jpg'>图</a></li></ul></body></html>"
    ).encode()
    site.pages |= {"/1.html": page(number=1), "/2.html": page(number=2), "/z.html": page(number=3)}

    items = run_sync([listing(site, selector="ul.docs")], settings, DAY)

    assert [(one.url, one.outcome.value) for one in items] == [
        (site.url("/1.html"), "new"), (site.url("/2.html"), "new"),
    ]  # fmt: skip
    first = run_sync([listing(site, selector="ul.docs", max_links=1)], settings, LATER)
    assert [one.url for one in first] == [site.url("/1.html")]


def test_a_list_that_did_not_change_still_has_its_documents_checked(site, settings):
    site.pages["/list"] = tagged("<a href='/1.html'>一</a>".encode(), '"list"')
    site.pages["/1.html"] = page(20)
    run_sync([listing(site)], settings, DAY)
    site.pages["/1.html"] = page(30)

    assert outcomes(run_sync([listing(site)], settings, LATER)) == ["changed"]
    assert site.asked[-2].headers.get("If-None-Match") == '"list"'


def test_a_list_whose_links_are_gone_is_told(site, settings):
    site.pages["/list"] = b"<html><body>moved</body></html>"

    (item,) = run_sync([listing(site)], settings, DAY)

    assert item.outcome is Outcome.FAILED
    assert "没有符合" in item.message


def _redirect(to: str):
    return lambda handler: send(handler, 302, Location=to)


def _gzip_bomb(handler) -> None:
    send(handler, 200, gzip.compress(b"0" * 5_000_000), Content_Encoding="gzip")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "404"),
        (lambda handler: send(handler, 410), "已不存在"),
        (lambda handler: send(handler, 500, page()), "500"),
        (lambda handler: send(handler, 304), "304"),
        (lambda handler: send(handler, 429, Retry_After="60"), "忙"),
        (half(page()), "没有传完"),
        (dripping(b"<p>x</p>", 30, 0.15), "时限"),
        (lambda _: time.sleep(3.2), "时限内没有回应"),
        (lambda handler: send(handler, 200, b"x" * 200_001), "超过 200000 字节"),
        (dripping(b"x" * 150_000, 5, 0.0), "超过 200000 字节"),
        (_gzip_bomb, "超过 200000 字节"),
        (lambda handler: send(handler, 200, b"no gzip", Content_Encoding="gzip"), "连接出错"),
        (lambda handler: handler.wfile.write(b"SSH-2.0-x\r\n"), "没有传完"),
        (_redirect("http://example.org/a.html"), "没有列明的网站 example.org"),
        (_redirect("http://localhost:1/a.html"), "没有列明的网站 localhost:1"),
        (_redirect("file:///etc/passwd"), "只取"),
        (_redirect("//user:pw@127.0.0.1/"), "用户名"),
        (_redirect("/a.html"), "转来转去"),
    ],
)
def test_a_fault_of_one_page_is_told_and_the_rest_goes_on(site, settings, answer, words):
    quick = settings.model_copy(update={"sync_timeout_s": 1.5})
    if answer is not None:
        site.pages["/a.html"] = answer
    with serving() as other:
        other.pages["/b.html"] = page()
        sound = Source(name="other", kind="document", url=other.url("/b.html"))

        items = run_sync([document(site), sound], quick, DAY)

    assert outcomes(items) == ["failed", "new"]
    assert words in items[0].message
    assert len(corpus_files(settings)) == 1


def test_a_site_that_is_busy_is_left_alone_for_the_rest_of_the_run(site, settings):
    site.pages["/list"] = "<a href='/1.html'>一</a><a href='/2.html'>二</a>".encode()
    site.pages["/1.html"] = lambda handler: send(handler, 503)
    site.pages["/2.html"] = page()

    assert outcomes(run_sync([listing(site)], settings, DAY)) == ["failed", "failed"]
    assert site.paths() == ["/list", "/1.html"]


def test_a_redirect_within_the_named_sites_is_followed(site, settings):
    with serving() as other:
        other.pages["/b.html"] = page()
        site.pages["/a.html"] = _redirect(other.url("/b.html"))
        assert outcomes(run_sync([document(site)], settings, DAY)) == ["failed"]

        source = document(site, hosts=[f"127.0.0.1:{other.port}"])
        assert outcomes(run_sync([source], settings, DAY)) == ["new"]

    (row,) = rows(settings).values()
    assert row.url == site.url("/a.html")


@pytest.mark.parametrize(
    ("rules", "is_allowed"),
    [
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /a", False),
        ("User-agent: *\nDisallow: /*.html$", False),
        ("User-agent: policy-assistant\nDisallow: /\n\nUser-agent: *\nAllow: /", False),
        ("User-agent: other\nDisallow: /", True),
        ("User-agent: *\nDisallow: /b", True),
        ("<html>no rules</html>", True),
        ("User-agent: *\nCrawl-delay: 3600", False),
    ],
)
def test_robots_txt_is_obeyed(site, settings, rules, is_allowed):
    site.pages |= {"/a.html": page(), "/robots.txt": rules.encode()}

    (item,) = run_sync([document(site)], settings, DAY)

    assert (item.outcome is Outcome.NEW) == is_allowed
    assert site.paths() == (["/a.html"] if is_allowed else [])
    assert is_allowed or "robots.txt" in item.message


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_robots_txt_that_cannot_be_had_forbids_all(site, settings, status):
    site.pages |= {"/a.html": page(), "/robots.txt": lambda handler: send(handler, status)}

    (item,) = run_sync([document(site)], settings, DAY)

    assert (item.outcome, site.paths()) == (Outcome.FAILED, [])


def test_requests_to_one_site_keep_their_distance_and_say_who_asks(site, settings):
    slow = settings.model_copy(
        update={"sync_delay_s": 0.3, "sync_user_agent": "baoshan-desk/1.0 (desk@example.org)"}
    )
    site.pages["/list"] = "<a href='/1.html'>一</a><a href='/2.html'>二</a>".encode()
    site.pages |= {"/1.html": page(number=1), "/2.html": page(number=2)}

    run_sync([listing(site)], slow, DAY)

    times = [one.at for one in site.asked]
    assert len(times) == 4
    assert all(b - a >= 0.29 for a, b in pairwise(times))
    agents = {one.headers["User-Agent"] for one in site.asked}
    assert agents == {"baoshan-desk/1.0 (desk@example.org)"}


def test_the_delay_a_site_asks_for_is_kept(site, settings):
    site.pages |= {"/a.html": page(), "/robots.txt": b"User-agent: *\nCrawl-delay: 1"}

    run_sync([document(site)], settings, DAY)

    first, second = site.asked
    assert second.at - first.at >= 0.99


def test_addresses_of_this_machine_are_refused_unless_told_otherwise(site, settings):
    closed = settings.model_copy(update={"sync_private_hosts": False})
    site.pages["/a.html"] = page()

    (item,) = run_sync([document(site)], closed, DAY)

    assert item.outcome is Outcome.FAILED
    assert "内部网络" in item.message
    assert site.asked == []


def test_a_name_that_leads_elsewhere_once_it_was_checked_is_not_read(site, settings, monkeypatch):
    closed = settings.model_copy(update={"sync_private_hosts": False})
    site.pages["/a.html"] = page()
    real, asked = socket.getaddrinfo, []

    def rebound(host, *rest, **more):
        asked.append(host)
        found = real(host, *rest, **more)
        return [(*one[:4], ("8.8.8.8", one[4][1])) for one in found] if len(asked) % 2 else found

    monkeypatch.setattr(socket, "getaddrinfo", rebound)

    (item,) = run_sync([document(site)], closed, DAY)

    assert item.outcome is Outcome.FAILED
    assert site.paths() == []
    assert not settings.corpus_dir.joinpath("manifest.jsonl").exists()


@pytest.mark.parametrize(
    ("charset", "header", "encoding"),
    [("utf-8", "gb2312", "utf-8"), ("gb2312", "utf-8", "gb18030"), ("gbk", "big5", "gb18030")],
)
def test_a_charset_that_lies_does_not_garble_the_text(site, settings, charset, header, encoding):
    raw = page().decode().replace("charset='utf-8'", f"charset='{header}'").encode(charset)
    site.pages["/a.html"] = lambda handler: send(
        handler, 200, raw, Content_Type=f"text/html; charset={header}"
    )

    (item,) = run_sync([document(site)], settings, DAY)

    assert item.outcome is Outcome.NEW
    build_index(settings)
    found = open_index(settings).documents[item.doc_id]
    assert "不超过20万元" in found.text
    assert encoding in found.read_how


@pytest.mark.parametrize(
    ("raw", "kind", "words"),
    [
        (b"", "text/html", "空的"),
        (b"<html><body>404 Not Found</body></html>", "text/html", "几乎没有文字"),
        (page().partition(b"</body>")[0], "text/html", "没有下载完整"),
        (b"%PDF-1.7 broken", "application/pdf", "PDF"),
        (b"\x89PNG\r\n\x1a\n0000", "image/png", "PNG"),
        (b"PK\x03\x04 no document", "application/zip", "ZIP"),
        (bytes(range(128, 256)) * 9, "application/octet-stream", "不是支持的格式"),
        ("资金管理办法".encode().decode("latin-1").encode() * 30, "text/plain", "乱码"),
    ],
    ids=["empty", "error page", "cut off", "pdf", "image", "zip", "noise", "garbled"],
)  # fmt: skip
def test_what_cannot_be_read_is_set_aside_with_the_reason(site, settings, raw, kind, words):
    site.pages["/a.html"] = lambda handler: send(handler, 200, raw, Content_Type=kind)
    if kind != "text/html":
        site.pages["/a"] = site.pages["/a.html"]
    source = document(site, "/a.html" if kind == "text/html" else "/a")

    for _ in range(2):  # the second time it is the same file
        (item,) = run_sync([source], settings, DAY)
        assert item.outcome is Outcome.QUARANTINED
        assert words in item.message

    assert corpus_files(settings) == []
    kept, about = sorted((settings.state_dir / "quarantine").iterdir())
    assert (kept.suffix, about.suffix) == (".bin", ".json")
    assert kept.read_bytes() == raw
    told = json.loads(about.read_text("utf-8"))
    assert (told["source"], told["fetched_on"]) == ("sample", "2026-03-01")
    assert words in told["reason"]


def test_a_page_that_lost_most_of_its_text_does_not_replace_the_document(site, settings):
    site.pages["/a.html"] = page().replace(b"</body>", "<p>附则。</p>".encode() * 500)
    site.pages["/a.html"] += b"</body></html>"
    run_sync([document(site)], settings, DAY)
    site.pages["/a.html"] = page()

    (item,) = run_sync([document(site)], settings, LATER)

    assert item.outcome is Outcome.QUARANTINED
    assert "正文只有原来的" in item.message
    assert len(rows(settings)) == 1


def test_a_dry_run_writes_nothing(site, settings):
    site.pages["/a.html"] = page(20)

    assert outcomes(run_sync([document(site)], settings, DAY, is_dry=True)) == ["new"]
    assert not settings.corpus_dir.exists()
    assert not settings.state_dir.exists()


def test_a_persons_row_keeps_its_words_and_gives_its_names_to_the_next_version(site, settings):
    source = document(site, doc_id="fund")
    site.pages["/a.html"] = page(20)
    run_sync([source], settings, DAY)
    register = read_register(settings.corpus_dir).rows
    (row,) = register.values()
    edited = row.model_copy(update={"short_titles": ("一号资金",), "replaced_by": ("另一办法",)})
    write_register(settings.corpus_dir, {row.file: edited})
    site.pages["/a.html"] = page(30)

    run_sync([source], settings, LATER)

    old, new = rows(settings)["fund"], rows(settings)["fund_20260402"]
    assert old.replaced_by == ("另一办法", "fund_20260402")
    assert old.short_titles == new.short_titles == ("一号资金",)


def test_a_version_that_a_killed_run_left_without_its_file_is_fetched_again(site, settings):
    source = document(site, doc_id="fund")
    site.pages["/a.html"] = page(20)
    run_sync([source], settings, DAY)
    site.pages["/a.html"] = page(30)
    run_sync([source], settings, LATER)
    (settings.corpus_dir / "fetched" / "fund_20260402.html").unlink()

    assert outcomes(run_sync([source], settings, LAST)) == ["changed"]

    assert list(rows(settings)) == ["fund", "fund_20260503"]
    assert rows(settings)["fund"].replaced_by == ("fund_20260503",)


def test_a_fixed_id_that_another_document_has_is_refused(site, settings):
    site.pages |= {"/a.html": page(number=1), "/b.html": page(number=2)}
    run_sync([document(site, doc_id="fund")], settings, DAY)

    (item,) = run_sync([document(site, "/b.html", doc_id="fund")], settings, DAY)

    assert (item.outcome, len(rows(settings))) == (Outcome.FAILED, 1)
    assert "已是另一份文件的" in item.message


def test_a_broken_manifest_stops_the_run_before_anything_is_asked(site, settings):
    settings.corpus_dir.mkdir()
    (settings.corpus_dir / "manifest.jsonl").write_text('{"file": "a.txt", "titel": "x"}\n')

    with pytest.raises(CorpusError, match="第1行"):
        run_sync([document(site)], settings, DAY)

    assert site.asked == []


def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(site, settings):
    site.pages["/a.html"] = page()
    settings.corpus_dir.mkdir()
    (settings.corpus_dir / "fetched").write_text("a file in the folder's place")

    with pytest.raises(CorpusError, match=r"fetched.* 无法读写"):
        run_sync([document(site)], settings, DAY)


def test_one_run_at_a_time(site, settings):
    (settings.state_dir / "sync").mkdir(parents=True)
    with (
        locked(settings.state_dir / "sync" / ".lock"),
        pytest.raises(UsageError, match="正在运行"),
    ):
        run_sync([document(site)], settings, DAY)


SOURCE = '[[source]]\nname = "a"\nkind = "document"\nurl = "https://example.org/a.html"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[source", "无法读取"),
        ("sources = 1", "没有这个键"),
        (SOURCE + "titel = 1", "第1个 source 的 titel：没有这个键"),
        (SOURCE.replace("https", "ftp"), "只取 http"),
        (SOURCE.replace("https://", "https://me:pw@"), "用户名"),
        (SOURCE.replace('"a"', '"1 a"'), "字母"),
        (SOURCE.replace('"document"', '"list"'), "selector 或 pattern"),
        (SOURCE.replace('"document"', '"list"') + 'pattern = "("', "正则"),
        (SOURCE.replace('"document"', '"list"') + 'selector = "a["', "选择器"),
        (SOURCE + 'selector = "a"', "只用于 list"),
        (SOURCE + 'hosts = ["https://x.cn/"]', "网站名"),
        (SOURCE + SOURCE, "name a 出现了两次"),
    ],
)
def test_a_mistake_in_the_list_of_sources_is_told_with_its_place(tmp_path, text, words):
    path = tmp_path / "sources.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(SettingsError, match=words):
        load_sources(path)


def test_a_list_of_sources_that_is_not_there_is_told(tmp_path):
    with pytest.raises(SettingsError, match="打不开"):
        load_sources(tmp_path / "sources.toml")


def test_the_shipped_list_names_no_source_until_a_person_does():
    assert load_sources(PACKAGE_DIR.parent / "corpus" / "sources.toml") == ()


def command(tmp_path: Path, site: Site, *flags: str) -> list[str]:
    path = tmp_path / "sources.toml"
    path.write_text(
        f'[[source]]\nname = "notices"\nkind = "list"\nurl = "{site.url("/list")}"\n'
        "pattern = '\\.html$'\n",
        "utf-8",
    )
    return ["sync", "--sources", str(path), "--corpus", str(tmp_path / "corpus"), *flags]


def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "ASSISTANT_STATE_DIR": str(tmp_path / "state"),
        "ASSISTANT_SYNC_DELAY_S": "0",
        "ASSISTANT_SYNC_PRIVATE_HOSTS": "true",
    }


def test_the_command_reports_and_its_exit_code_tells_of_faults(site, tmp_path):
    site.pages["/list"] = "<a href='/1.html'>一</a><a href='/2.html'>二</a>".encode()
    site.pages["/1.html"] = page()
    runner = CliRunner(env=environment(tmp_path))

    failed = runner.invoke(app, command(tmp_path, site, "--json"))
    site.pages["/2.html"] = page(number=2)
    done = runner.invoke(app, command(tmp_path, site))

    assert (failed.exit_code, done.exit_code) == (1, 0)
    record = json.loads(failed.stdout)
    assert record["counts"] == {"new": 1, "failed": 1}
    assert record["items"][1]["outcome"] == "failed"
    assert "404" in failed.stderr
    assert "新增 1、没有变化 1" in done.stdout


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_where_it_was(site, tmp_path):
    numbers = range(12)
    site.pages["/list"] = "".join(f"<a href='/{n}.html'>{n}</a>" for n in numbers).encode()
    for n in numbers:
        body = page(number=n)
        site.pages[f"/{n}.html"] = lambda handler, body=body: (time.sleep(0.2), send(
            handler, 200, body))  # fmt: skip
    arguments = [sys.executable, "-m", "assistant", *command(tmp_path, site)]
    environ = dict(os.environ) | environment(tmp_path) | {"PYTHONPATH": str(PACKAGE_DIR.parent)}
    for wanted in (4, 8):
        with subprocess.Popen(arguments, env=environ, stderr=subprocess.DEVNULL) as process:
            while len(set(site.paths())) < wanted:
                assert process.poll() is None
                time.sleep(0.02)
            process.kill()

    done = subprocess.run(arguments, env=environ, capture_output=True, check=False, timeout=60)

    assert done.returncode == 0, done.stderr.decode()
    asked = site.paths()
    assert len(asked) <= 1 + len(numbers) + 2  # a list once, a page again for each kill
    settings = Settings(corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "index")
    assert build_index(settings).documents == len(numbers)
    assert len(rows(settings)) == len(numbers)
