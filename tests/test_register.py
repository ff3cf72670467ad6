"""The manifest of a corpus: a person's words stand, a broken row stops nothing but itself."""

import json
from datetime import date
from pathlib import Path

import pytest

from assistant.corpus import load_source, scan_corpus
from assistant.corpus.proposals import add_rows, propose_rows
from assistant.corpus.register import MANIFEST, Row, read_register, remarks, write_register
from assistant.errors import CorpusError
from assistant.retrieval.store import build_index, open_index
from assistant.schema import DocStatus, Kind, Tier
from assistant.settings import Settings

CORPUS = Path(__file__).parents[1] / "corpus"
MAX = 1_000_000
POLICY = "甲区办法\n测府规〔2021〕1号\n一、总则\n支持创新。\n本办法自2021年4月1日起施行。\n"


@pytest.fixture
def corpus(tmp_path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    (folder / "甲.txt").write_text(POLICY, "utf-8")
    (folder / "乙.txt").write_text("乙区办法\n一、总则\n支持制造。\n", "utf-8")
    return folder


def write(corpus: Path, *rows: object) -> None:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    (corpus / MANIFEST).write_text("\n".join(lines) + "\n", "utf-8")


def read(corpus: Path) -> tuple[dict, dict]:
    """Documents by file, and failures by source."""
    files, failures = scan_corpus(corpus)
    documents = {}
    for file in files:
        parsed, failed = load_source(file, corpus, MAX)
        failures += failed
        documents |= {one.document.source: one.document for one in parsed}
    return documents, {one.source: one.message for one in failures}


def test_the_manifest_of_the_repository_is_written_back_byte_by_byte(tmp_path):
    register = read_register(CORPUS)
    write_register(tmp_path, register.rows)

    assert register.refused == ()
    assert (tmp_path / MANIFEST).read_bytes() == (CORPUS / MANIFEST).read_bytes()


def described(documents):
    every = documents.values()
    return {one.doc_id: one for one in every}, {one.source: one.sha256 for one in every}


def test_the_whole_corpus_is_read_with_its_manifest():
    documents, failures = read(CORPUS)
    kinds = [one.kind for one in documents.values()]

    assert (len(documents), failures) == (71, {})
    assert (kinds.count(Kind.DIGEST), kinds.count(Kind.DRAFT)) == (70, 1)
    policy = documents["digests/kechuang30_2021.md"]
    assert (policy.doc_no, policy.expires_on) == ("宝府规〔2021〕1号", date(2023, 12, 31))
    assert (policy.tier, policy.status_words) == (Tier.DISTRICT, "已失效")
    by_id, sources = described(documents)
    assert remarks(read_register(CORPUS), by_id, sources) == ()


def test_no_manifest_is_no_row(corpus):
    assert read_register(corpus).rows == {}
    assert set(read(corpus)[0]) == {"甲.txt", "乙.txt"}


def test_a_row_overrides_what_was_read_key_by_key(corpus):
    write(corpus, {"file": "甲.txt", "doc_id": "jia", "expires_on": "2023-12-31",
                   "issuer": ["甲局"], "level": "district", "kind": "digest"})  # fmt: skip
    document = read(corpus)[0]["甲.txt"]

    assert (document.doc_id, document.expires_on) == ("jia", date(2023, 12, 31))
    assert (document.issuers, document.tier) == (("甲局",), Tier.DISTRICT)
    assert document.status is DocStatus.DIGEST
    assert (document.doc_no, document.effective_on) == ("测府规〔2021〕1号", date(2021, 4, 1))


def test_a_null_of_a_row_is_an_answer_too(corpus):
    write(corpus, {"file": "甲.txt", "doc_no": None, "effective_on": None})
    document = read(corpus)[0]["甲.txt"]

    assert (document.doc_no, document.effective_on) == (None, None)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"file": "甲.txt", "effective_on": "2023-12-31", "expires_on": "2021-04-01"},
         "expires_on 早于 effective_on"),
        ({"file": "甲.txt", "issued_on": "2021-05-01", "repealed_on": "2021-04-30"},
         "repealed_on 早于 issued_on"),
        ({"file": "甲.txt", "expires_on": "明年"}, "expires_on：应为 2024-05-01 这样的日期"),
        ({"file": "甲.txt", "expires_on": 20240501}, "expires_on：应为"),
        ({"file": "甲.txt", "expires_on": "2024-02-30"}, "expires_on：应为"),
        ({"file": "甲.txt", "level": "省"}, "level：应为"),
        ({"file": "甲.txt", "doc_nr": "1"}, "doc_nr：没有这个键"),
        ({"file": "甲.txt", "doc_id": "a/b"}, "doc_id：只能由"),
        ({"file": "甲.txt", "doc_id": "甲", "replaces": ["甲"]}, "自己"),
        ({"file": "甲.txt", "url": "javascript:alert(1)"}, "url：应以"),
    ],
)  # fmt: skip
def test_a_wrong_row_keeps_its_file_out_and_names_line_and_key(corpus, row, words):
    write(corpus, {"file": "乙.txt"}, row)
    documents, failures = read(corpus)

    assert set(documents) == {"乙.txt"}
    assert f"{MANIFEST} 第2行" in failures["甲.txt"]
    assert words in failures["甲.txt"]


@pytest.mark.parametrize("line", ["{broken", "[1]", '{"title": "无文件"}', '{"file": "../a.txt"}'])
def test_a_row_of_no_known_file_is_named_and_the_rest_goes_on(corpus, line):
    write(corpus, line, {"file": "甲.txt", "title": "改过的题名"})
    documents, failures = read(corpus)

    assert documents["甲.txt"].title == "改过的题名"
    assert "乙.txt" in documents
    assert any("第1行" in message for message in failures.values())


@pytest.mark.parametrize("key", ["file", "doc_id"])
def test_of_two_rows_with_one_file_or_id_the_first_counts(corpus, key):
    second = {"file": "甲.txt" if key == "file" else "乙.txt", "doc_id": "a"}
    write(corpus, {"file": "甲.txt", "doc_id": "a", "title": "一"}, second)
    register = read_register(corpus)

    assert register.rows["甲.txt"].title == "一"
    assert [f"第2行的 {key} 与第1行相同" in one.message for one in register.refused] == [True]


def test_a_manifest_that_is_not_text_is_refused(corpus):
    (corpus / MANIFEST).write_bytes(b"\xff\xfe\x00")

    with pytest.raises(CorpusError, match="UTF-8"):
        scan_corpus(corpus)


def test_missing_files_equal_numbers_and_circles_are_named_but_stop_nothing(corpus):
    write(
        corpus,
        {"file": "甲.txt", "doc_id": "a", "replaced_by": ["b"], "sha256": "0"},
        {"file": "乙.txt", "doc_id": "b", "replaced_by": ["a"], "doc_no": "测府规〔2021〕1号"},
        {"file": "丙.txt", "doc_id": "c"},
    )
    documents, failures = read(corpus)
    told = "".join(one.message for one in remarks(read_register(corpus), *described(documents)))

    assert (set(documents), failures) == ({"甲.txt", "乙.txt"}, {})
    for words in ("没有读到这份文件", "文号同为测府规〔2021〕1号", "a → b → a", "与登记时不同"):
        assert words in told


def register(corpus, state):
    """As the command does it."""
    proposal = propose_rows(corpus, MAX)
    add_rows(corpus, state, proposal.rows)
    return proposal


def test_new_documents_get_a_row_and_a_persons_words_stay(corpus, tmp_path):
    person = {"file": "甲.txt", "doc_id": "a", "note": "人工核对。", "expires_on": "2023-12-31"}
    write(corpus, person)
    proposal = register(corpus, tmp_path)
    written = (corpus / MANIFEST).read_text("utf-8").splitlines()

    assert [row.file for row in proposal.rows] == ["乙.txt"]
    assert json.loads(written[0]) == person
    assert set(json.loads(written[1])) == set(Row.model_fields)
    assert register(corpus, tmp_path).rows == ()
    assert (corpus / MANIFEST).read_text("utf-8").splitlines() == written


def test_a_proposed_row_changes_nothing_of_the_document_it_was_read_from(corpus, tmp_path):
    before = read(corpus)[0]
    register(corpus, tmp_path)

    assert read(corpus)[0] == before


def test_no_row_is_written_beside_a_broken_one_or_where_it_is_only_proposed(corpus, tmp_path):
    rows = propose_rows(corpus, MAX).rows
    assert len(rows) == 2
    assert not (corpus / MANIFEST).exists()

    write(corpus, "{broken")
    for change in (lambda: propose_rows(corpus, MAX), lambda: add_rows(corpus, tmp_path, rows)):
        with pytest.raises(CorpusError, match="第1行"):
            change()
    assert (corpus / MANIFEST).read_text("utf-8") == "{broken\n"


def test_a_row_that_a_file_got_meanwhile_stays(corpus, tmp_path):
    rows = propose_rows(corpus, MAX).rows
    person = {"file": rows[0].file, "doc_id": "a", "note": "人工核对。"}
    write(corpus, person)

    add_rows(corpus, tmp_path, rows)

    written = (corpus / MANIFEST).read_text("utf-8").splitlines()
    assert json.loads(written[0]) == person
    assert len(written) == 2


def test_a_changed_row_reaches_the_index_and_only_its_document_is_read_again(corpus, tmp_path):
    settings = Settings(corpus_dir=corpus, index_dir=tmp_path / "index")
    build_index(settings)
    write(corpus, {"file": "甲.txt", "repealed_on": "2024-10-24", "tier": None})
    assert build_index(settings).failures[0].source == "甲.txt"

    write(corpus, {"file": "甲.txt", "repealed_on": "2024-10-24", "topics": ["创新"]})
    report = build_index(settings)
    document = open_index(settings).documents["甲"]

    assert (report.documents, report.reused, report.failures) == (2, 1, ())
    assert [one.source for one in report.remarks] == [MANIFEST]
    assert (document.repealed_on, document.topics) == (date(2024, 10, 24), ("创新",))
    assert open_index(settings).documents["甲"].tier is None


def test_rows_of_a_jsonl_file_have_rows_of_their_own(corpus):
    (corpus / "集.jsonl").write_text(
        '{"_id": "x", "title": "甲", "text": "正文。"}\n{"_id": "y", "text": "正文。"}\n', "utf-8"
    )
    write(corpus, {"file": "集.jsonl#x", "topics": ["医药"]})
    documents, _ = read(corpus)

    assert documents["集.jsonl#x"].topics == ("医药",)
    assert documents["集.jsonl#y"].topics == ()


def test_our_own_files_are_no_documents_and_a_dangling_link_is_named(corpus):
    for name in ("README.md", "words.txt", "facts.yaml", "benefits/a.yaml", "sub/README.txt"):
        (corpus / name).parent.mkdir(exist_ok=True)
        (corpus / name).write_text("x", "utf-8")
    (corpus / "sub" / "words.txt").write_text("丙办法\n一、总则\n", "utf-8")
    (corpus / "断.txt").symlink_to(corpus / "没有")
    files, failures = scan_corpus(corpus)

    assert [one.relative for one in files] == ["sub/words.txt", "乙.txt", "甲.txt"]
    assert [one.source for one in failures] == ["断.txt"]
    assert "链接" in failures[0].message
