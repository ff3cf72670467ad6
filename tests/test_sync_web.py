"""`assistant sync` against a site on this machine that misbehaves, lies and breaks."""

from __future__ import annotations

import gzip
import json
import socket
import time
from itertools import pairwise
from pathlib import Path

import pytest

from assistant.retrieval.store import build_index, open_index
from assistant.settings import Settings
from assistant.sync import Outcome, Source, run_sync
from tests.sync_case import (
    DAY,
    corpus_files,
    document,
    listing,
    outcomes,
    page,
    rows,
    sync_settings,
)
from tests.web_site import dripping, half, send, serving

pytestmark = pytest.mark.network


@pytest.fixture
def site():
    with serving() as one:
        yield one


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return sync_settings(tmp_path)


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
