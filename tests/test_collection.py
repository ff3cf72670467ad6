"""Questions about the collection as a whole, from metadata and a day."""

import json
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.corpus.collection import Wanted, list_documents
from assistant.corpus.force import Force
from assistant.schema import DocStatus, Document, Tier

CORPUS = Path(__file__).parents[1] / "corpus"
TODAY = date(2026, 11, 22)


def make(doc_id: str, **changes: object) -> Document:
    plain = Document(doc_id, f"{doc_id}办法", "正文", DocStatus.IN_FORCE, f"{doc_id}.txt", "0")
    return replace(plain, **changes)


DOCUMENTS = {
    one.doc_id: one
    for one in (
        make("区", tier=Tier.DISTRICT, region="宝山区", issuers=("宝山区科委",), topics=("人才",),
             issued_on=date(2023, 5, 1)),
        make("市旧", tier=Tier.CITY, region="上海市", topics=("生物医药",),
             issued_on=date(2021, 4, 16), replaced_by=("市新",)),
        make("市新", tier=Tier.CITY, region="上海市", topics=("生物医药",),
             issued_on=date(2024, 7, 15), effective_on=date(2024, 8, 1)),
        make("国", tier=Tier.NATIONAL, region="全国", doc_no="国科发〔2016〕1号"),
        make("不明"),
    )
}  # fmt: skip


def ids(wanted: Wanted, day: date = TODAY) -> list[str]:
    return [one.document.doc_id for one in list_documents(DOCUMENTS, day, wanted)]


def test_all_are_listed_from_the_nation_to_the_district_the_newest_first():
    assert ids(Wanted()) == ["国", "市新", "市旧", "区", "不明"]
    assert list_documents({}, TODAY) == ()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(tier=Tier.CITY), ["市新", "市旧"]),
        (Wanted(issuer="科委"), ["区"]),
        (Wanted(region="宝山"), ["区"]),
        (Wanted(topic="生物医药"), ["市新", "市旧"]),
        (Wanted(topic="区办法"), ["区"]),
        (Wanted(forces=frozenset({Force.SUPERSEDED})), ["市旧"]),
        (Wanted(since=2023), ["市新", "区"]),
        (Wanted(until=2021), ["国", "市旧"]),
        (Wanted(since=2021, until=2023), ["市旧", "区"]),
        (Wanted(tier=Tier.CITY, topic="人才"), []),
    ],
)
def test_each_filter_keeps_what_it_names(wanted, found):
    assert ids(wanted) == found


def test_the_city_policies_since_2024_that_are_in_force():
    wanted = Wanted(tier=Tier.CITY, topic="生物医药", forces=frozenset({Force.IN_FORCE}))

    assert ids(replace(wanted, since=2024)) == ["市新"]
    assert ids(wanted, date(2024, 7, 31)) == ["市旧"]
    assert ids(wanted, date(2024, 8, 1)) == ["市新"]


@pytest.fixture(scope="module")
def index_dir(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("whole") / "index"


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["assistant", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        printed = capsys.readouterr()
        return caught.value.code or 0, printed.out, printed.err

    return call


def test_the_whole_corpus_is_indexed_and_listed_on_a_day(run, index_dir):
    code, out, err = run("index", "--corpus", CORPUS, "--index", index_dir, "--json")
    report = json.loads(out)
    assert (code, report["documents"], report["failures"], report["remarks"], err) == (
        0, 71, [], [], ""
    )  # fmt: skip

    biomed = ("documents", "--index", index_dir, "--topic", "生物医药", "--tier", "city", "--json")
    _, out, _ = run(*biomed, "--as-of", "2026-11-22", "--status", "in_force", "--since", "2024")
    assert [one["doc_id"] for one in json.loads(out)["documents"]] == ["city_biomed_2024"]
    _, out, _ = run(*biomed, "--as-of", "2024-07-31")
    force = {one["doc_id"]: one["force"] for one in json.loads(out)["documents"]}
    assert (force["city_biomed_2021"], force["city_biomed_2024"]) == ("in_force", "not_yet")

    district = ("documents", "--index", index_dir, "--tier", "district")
    _, out, _ = run(*district, "--as-of", "2024-01-01")
    line = next(one for one in out.splitlines() if " kechuang30_2021 " in one)
    assert "已失效（摘编）" in line
    assert "2023-12-31" in line


def test_an_expired_digest_is_named_as_both_beside_an_answer(run, index_dir):
    run("index", "--corpus", CORPUS, "--index", index_dir, "--json")
    question = "宝府规〔2021〕1号对新引进的高新技术企业给予多少奖励？"
    _, out, _ = run("ask", question, "--index", index_dir, "--as-of", "2026-11-22", "--json")
    answer = json.loads(out)

    for citation in answer["citations"]:
        told = [one for one in answer["notices"] if citation["doc_title"] in one]
        assert citation["doc_status"] == "digest"
        assert any("摘编，非官方原文" in one for one in told)


@pytest.mark.parametrize(
    "flags", [("--tier", "省"), ("--status", "坏"), ("--as-of", "昨天"), ("--since", "x")]
)
def test_a_wrong_filter_is_the_callers_mistake(run, index_dir, flags):
    code, out, err = run("documents", "--index", index_dir, *flags)

    assert (code, out) == (2, "")
    assert err


def test_register_prints_and_writes_rows_for_new_documents(run, tmp_path):
    (tmp_path / "甲.txt").write_text("甲区办法\n一、总则\n支持创新。\n", "utf-8")
    code, out, _ = run("register", "--corpus", tmp_path, "--dry-run", "--json")
    assert (code, json.loads(out)["rows"][0]["title"]) == (0, "甲区办法")
    assert not (tmp_path / "manifest.jsonl").exists()

    _, out, _ = run("register", "--corpus", tmp_path)
    assert "写入 1 行" in out
    assert json.loads((tmp_path / "manifest.jsonl").read_text("utf-8"))["file"] == "甲.txt"
