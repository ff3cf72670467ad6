"""The digests and the manifest: shape, dates, replacement, validity beside every amount."""

import json
import re
from datetime import date
from pathlib import Path

import pytest

from assistant.parsing import ParsedDocument, parse_file
from assistant.schema import Clause, Level

CORPUS = Path(__file__).parents[1] / "corpus"
DIGESTS = [path for path in sorted((CORPUS / "digests").glob("*.md")) if path.stem != "README"]
ROWS = [
    json.loads(line) for line in (CORPUS / "manifest.jsonl").read_text("utf-8").splitlines()
]
ROW_BY_ID = {row["doc_id"]: row for row in ROWS}
KEYS = [
    "file", "doc_id", "title", "short_titles", "doc_no", "issuer", "region", "level", "kind",
    "status_words", "issued_on", "effective_on", "expires_on", "repealed_on", "replaces",
    "replaced_by", "topics", "url", "fetched_on", "certainty", "note",
]  # fmt: skip
DAYS = ("issued_on", "effective_on", "expires_on", "repealed_on")
NO_WORDS_OF_AN_END = (None, "试行")
"""Status words beside which a document may be in force; all others say that it is not."""
RETROACTIVE = {"rd_deduction_2023"}
"""In force from a day before the one it was issued on."""
TRAILER = re.compile(r"（来源：(?P<sources>[^；]+)；可信度：(?P<certainty>[ABC])）\n?$")
AMOUNT = re.compile(r"\d(?:[万亿]?元|%)")
CURRENCY = re.compile(r"现行|目前|现在|当前|正在受理|可申领|可享受|长期有效")
VALIDITY = re.compile(
    r"失效|过期|到期|截止|废止|历史|取代|接替|非正式|征求意见稿|口径|批次|须核对|未能确认|存疑|不采用"
    r"|有效期|施行|执行|印发|发布|方案期|修订|非宝山区政策|\d{4}年|未见|背景"
)
NO_LONGER = re.compile(
    r"失效|过期|到期|截止|废止|历史|取代|接替|非正式|征求意见稿|有效期至|不采用|并非"
)


@pytest.fixture(scope="module", params=DIGESTS, ids=lambda path: path.stem)
def digest(request) -> ParsedDocument:
    return parse_file(request.param, corpus_dir=CORPUS)


def leaves(parsed: ParsedDocument) -> list[tuple[Clause, str]]:
    parents = {clause.parent_id for clause in parsed.clauses}
    return [
        (clause, parsed.document.text[clause.start : clause.end])
        for clause in parsed.clauses
        if clause.clause_id not in parents and clause.level is not Level.TITLE
    ]


def test_a_digest_is_a_title_and_sections_of_headed_items(digest):
    levels = {clause.level for clause in digest.clauses}
    sections = [clause for clause in digest.clauses if clause.level is Level.H1]

    assert digest.document.title.endswith("（摘编）")
    assert levels == {Level.DOCUMENT, Level.TITLE, Level.H1, Level.H3}
    assert sections[0].heading == "一、基本情况"
    assert "未知" in sections[-1].heading
    assert all(len(clause.heading) > len(clause.number) for clause in digest.clauses[2:])
    assert digest.document.dropped == ()


def test_every_leaf_ends_with_its_source_and_certainty(digest):
    for clause, text in leaves(digest):
        assert TRAILER.search(text), clause.clause_id
        assert text.count("（来源：") == 1, clause.clause_id


def test_a_digest_says_what_its_manifest_row_says(digest):
    row = ROW_BY_ID[digest.document.doc_id]
    text = digest.document.text

    assert digest.document.title == f"{row['title']}（摘编）"
    if row["doc_no"]:
        assert digest.document.doc_no == row["doc_no"]
    for key in DAYS:
        if row[key]:
            day = date.fromisoformat(row[key])
            written = (f"{day.year}年{day.month}月{day.day}日", f"{day.month}月{day.day}日")
            assert any(words in text for words in written), (key, row[key])
    for key in ("effective_on", "expires_on"):
        read = getattr(digest.document, key)
        assert not (read and row[key]) or read.isoformat() == row[key], key


def test_no_amount_and_no_word_of_currency_stands_without_its_validity(digest):
    row = ROW_BY_ID[digest.document.doc_id]
    is_past = row["status_words"] not in NO_WORDS_OF_AN_END or row["expires_on"] in _past_days()
    for clause, text in leaves(digest):
        claims = AMOUNT.search(text) or CURRENCY.search(text)
        if not claims:
            continue
        if row["level"] != "national":
            assert VALIDITY.search(text + "".join(clause.path)), clause.clause_id
        if is_past and AMOUNT.search(text):
            assert NO_LONGER.search(text), f"{clause.clause_id}: 金额旁没有写明失效或非正式"


def _past_days() -> set[str]:
    """Days of expiry that were over when the digests were written."""
    return {row["expires_on"] for row in ROWS if (row["expires_on"] or "9999") < "2026-01-01"}


def test_the_manifest_and_the_folder_name_each_other():
    files = [row["file"] for row in ROWS]

    assert [list(row) for row in ROWS] == [KEYS] * len(ROWS)
    assert [row["doc_id"] for row in ROWS] == sorted(ROW_BY_ID)
    assert all((CORPUS / file).is_file() for file in files)
    assert {f"digests/{path.name}" for path in DIGESTS} <= set(files)
    assert len(set(files)) == len(files)
    assert "raw/action_plan_2024_2026_draft.txt" in files


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["doc_id"])
def test_a_row_keeps_to_the_closed_vocabulary(row):
    assert re.fullmatch(r"[a-z0-9_]+", row["doc_id"])
    assert Path(row["file"]).stem == row["doc_id"]
    assert row["level"] in ("national", "city", "district")
    assert row["kind"] == ("draft" if row["file"].startswith("raw/") else "digest")
    assert row["certainty"] in ("A", "B", "C")
    assert row["note"].endswith("。")
    assert row["short_titles"]
    assert row["topics"]
    assert row["url"] is None or re.fullmatch(r"https://[^\s…]+", row["url"])
    assert row["doc_no"] is None or re.fullmatch(r"[\u4e00-\u9fff]+〔\d{4}〕\d+号", row["doc_no"])


def test_no_short_title_or_document_number_names_two_documents():
    names = [name for row in ROWS for name in row["short_titles"]]
    numbers = [row["doc_no"] for row in ROWS if row["doc_no"]]

    assert len(set(names)) == len(names)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["doc_id"])
def test_dates_are_in_order(row):
    issued, effective, expires, repealed = (
        date.fromisoformat(row[key]) if row[key] else None for key in DAYS
    )
    if issued and effective:
        assert (issued <= effective) is (row["doc_id"] not in RETROACTIVE)
    for end in (expires, repealed):
        for begin in (issued, effective):
            assert not (begin and end) or begin < end


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["doc_id"])
def test_replacement_is_known_on_both_sides_and_never_a_circle(row):
    for older in row["replaces"]:
        assert row["doc_id"] in ROW_BY_ID[older]["replaced_by"]
    for newer in row["replaced_by"]:
        assert row["doc_id"] in ROW_BY_ID[newer]["replaces"]
    seen: set[str] = set()
    ahead = list(row["replaced_by"])
    while ahead:
        newer = ahead.pop()
        assert newer != row["doc_id"]
        if newer not in seen:
            seen.add(newer)
            ahead += ROW_BY_ID[newer]["replaced_by"]
