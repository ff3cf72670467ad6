"""`assistant sync` keeps what a site publishes: versions, rows, and what a run remembers."""

from __future__ import annotations

import threading
import time
from datetime import date
from pathlib import Path

import pytest

from assistant.corpus.force import Force, newer_versions, standing_on
from assistant.corpus.register import Row, read_register, write_register
from assistant.errors import CorpusError, UsageError
from assistant.files import locked
from assistant.retrieval.store import build_index, open_index
from assistant.settings import Settings
from assistant.sync import Outcome, run_sync
from assistant.transaction import changing
from tests.sync_case import (
    DAY,
    LAST,
    LATER,
    corpus_files,
    document,
    listing,
    outcomes,
    page,
    rows,
    sync_settings,
)
from tests.web_site import serving, tagged

pytestmark = pytest.mark.network


@pytest.fixture
def site():
    with serving() as one:
        yield one


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return sync_settings(tmp_path)


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



def test_a_run_waits_for_a_change_of_the_manifest_that_is_under_way(site, settings):
    site.pages["/a.html"] = page()
    settings.corpus_dir.mkdir()
    is_held = threading.Event()

    def correct() -> None:
        """As a person's correction does it: read, and a while later write."""
        with changing(settings.state_dir):
            before = dict(read_register(settings.corpus_dir).rows)
            is_held.set()
            time.sleep(0.5)
            own = Row.model_validate({"file": "手.txt", "doc_id": "by_hand"})
            write_register(settings.corpus_dir, before | {own.file: own})

    thread = threading.Thread(target=correct)
    thread.start()
    is_held.wait()
    run_sync([document(site, doc_id="fund")], settings, DAY)
    thread.join()

    assert rows(settings).keys() == {"by_hand", "fund"}
