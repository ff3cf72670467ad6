"""The index: its scores, what it takes over, when it refuses."""

import fcntl
import json
import math
import re
from collections import Counter

import jieba
import numpy as np
import pytest

from assistant.errors import CorpusError, IndexFolderError, IndexStaleError, SettingsError
from assistant.retrieval.embedder import MANY, SHIPPED_DIR, ShippedEmbedder, load_embedder
from assistant.retrieval.lexical import (
    DOCUMENT_B,
    DOCUMENT_K1,
    DOCUMENT_SHARE,
    K1,
    TITLE_WEIGHT,
    B,
    LexicalIndex,
    LexicalPart,
    term_weights,
)
from assistant.retrieval.manifest import MANIFEST
from assistant.retrieval.postings import Postings, PostingsBuilder, forward_of
from assistant.retrieval.store import build_index, open_index
from assistant.retrieval.tokenizer import SYNONYM_SHARE, lexicon_words, query_tokens, tokenize
from assistant.schema import Passage
from assistant.settings import PACKAGE_DIR, Settings
from assistant.text import normalize

TEXTS = {
    "甲.txt": "甲区医药行动方案\n一、企业\n1、培育。到2026年，培育九十家高新技术企业。\n",
    "乙.txt": "乙区园区管理办法\n一、园区\n1、载体。建成200万方专业载体，完善配套。\n",
}


@pytest.fixture
def settings(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, text in TEXTS.items():
        (corpus / name).write_text(text, "utf-8")
    return Settings(corpus_dir=corpus, index_dir=tmp_path / "index", state_dir=tmp_path / "state")


def ranking(settings, query="培育多少家企业"):
    hits = open_index(settings).search(query, 10)
    return [(hit.rank, hit.passage.passage_id, hit.score) for hit in hits]


def bm25_by_hand(terms, rows, count_idf, k1, b):
    """From the formula and nothing else; slow on purpose."""
    lengths = [sum(row.values()) for row in rows]
    mean = sum(lengths) / len(rows)

    def score(row, length):
        total = 0.0
        for term in terms:
            df, tf = sum(term in other for other in rows), row.get(term, 0.0)
            if tf:
                total += count_idf(df) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean))
        return total

    return [score(row, length) for row, length in zip(rows, lengths, strict=True)]


def lexical_of(folder, rows, documents=None):
    builder = PostingsBuilder()
    builder.add(forward_of(rows))
    builder.save(folder / "lexical")
    owners = np.array(range(len(rows)) if documents is None else documents, dtype=np.int32)
    return LexicalIndex([LexicalPart(Postings(folder / "lexical"), owners)])


def test_bm25_is_the_formula_for_passages_and_for_their_documents(tmp_path):
    rows = [{"药物": 2.0, "企业": 1.0}, {"企业": 3.0}, {"药物": 1.0, "园区": 4.0}, {"园区": 1.0}]
    documents, terms = [0, 0, 1, 2], tokenize("药物和企业，企业")
    wholes = [Counter() for _ in range(3)]
    for row, document in zip(rows, documents, strict=True):
        wholes[document].update(row)
    passages = bm25_by_hand(terms, rows, lambda df: math.log(1 + (4.5 - df) / (df + 0.5)), K1, B)
    shares = bm25_by_hand(terms, wholes, lambda df: math.log(3 / df), DOCUMENT_K1, DOCUMENT_B)
    expected = [
        passage + DOCUMENT_SHARE * shares[document] if passage else 0
        for passage, document in zip(passages, documents, strict=True)
    ]

    index = lexical_of(tmp_path, rows, documents)

    assert index.scores("药物和企业，企业") == pytest.approx(expected, rel=1e-5)
    assert expected[3] == 0 < min(expected[:3])
    assert (index.document_frequency("药物"), index.document_frequency("无")) == (2, 0)


def test_in_one_document_the_scores_are_those_of_passages(tmp_path):
    rows = [{"药物": 2.0, "企业": 1.0}, {"企业": 3.0}]
    expected = bm25_by_hand(["企业"], rows, lambda df: math.log(1 + (2.5 - df) / (df + 0.5)), K1, B)

    assert lexical_of(tmp_path, rows, [0, 0]).scores("企业") == pytest.approx(
        [2 * one for one in expected], rel=1e-5
    )  # 企业 is a word and a bigram


def test_headings_and_title_count_with_their_weights():
    passage = Passage("p", "d", ("c",), ("园区",), 0, 2, "企业", title="企业")

    weights, times = term_weights(passage), Counter(tokenize("企业"))

    assert weights["企业"] == pytest.approx((1 + TITLE_WEIGHT) * times["企业"])
    assert weights["园区"] == pytest.approx(2 * Counter(tokenize("园区"))["园区"])


def test_a_number_is_one_token_in_every_spelling():
    assert {"#200000"} == {
        next(one for one in tokenize(text) if one.startswith("#"))
        for text in ("二十万元", "200,000元", "２０万元")
    }


@pytest.mark.parametrize(
    ("mark", "texts", "token"),
    [
        ("@", ("2024年5月1日起", "二〇二四年五月一日", "２０２４年５月１日"), "@2024-5-1"),
        ("@", ("2024年5月", "二〇二四年五月"), "@2024-5"),
        ("§", ("宝府规〔2021〕1号", "宝府规[2021]1号", "宝府规（2021）第1号"), "§宝府规[2021]1号"),
    ],
)
def test_dates_and_numbers_of_documents_are_one_token_in_every_spelling(mark, texts, token):
    for text in texts:
        assert [one for one in tokenize(text) if one.startswith(mark)][-1] == token


def test_a_question_counts_its_words_and_less_what_they_also_are_called():
    counted = query_tokens("高企和高企的奖励")

    assert counted["高企"] == 2 * query_tokens("高企")["高企"]
    assert counted["高新技术企业"] == SYNONYM_SHARE
    assert query_tokens("高新技术企业")["高企"] == SYNONYM_SHARE
    assert "高新技术企业" not in query_tokens("提高企业效率")
    assert query_tokens("？！") == {}


def test_a_passage_has_the_exact_things_that_a_question_names(tmp_path):
    texts = ["给予20万元奖励。", "依据宝府规〔2021〕1号，给予10万元奖励。", "给予奖励。"]
    lexical = lexical_of(tmp_path, [Counter(tokenize(text)) for text in texts])
    rows = np.array([2, 0, 1])

    assert lexical.exact("奖励二十万元", rows).tolist() == [0, 1, 0]
    assert lexical.exact("宝府规[2021]第1号的奖励", rows).tolist() == [0, 0, 1]
    assert 0 < lexical.exact("宝府规[2021]1号给200,000元", rows)[1] < 1
    assert lexical.exact("给多少奖励", rows) is None


def test_the_shipped_embedder_gives_unit_vectors_and_zero_for_nothing():
    vectors = ShippedEmbedder().encode_passages(["高新技术企业", ""])

    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 0], abs=1e-6)


def test_a_missing_embedder_is_a_settings_error(tmp_path):
    with pytest.raises(SettingsError, match="不完整"):
        ShippedEmbedder(tmp_path)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # torch and transformers warn as they load
def test_the_shipped_embedder_equals_sentence_transformers_on_its_folder():
    from sentence_transformers import SentenceTransformer

    texts = ["到2026年培育90家高新技术企业", "创新药物", "园区"]
    model = SentenceTransformer(str(SHIPPED_DIR), device="cpu")

    theirs = model.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    assert np.allclose(ShippedEmbedder().encode_queries(texts), theirs, atol=1e-3)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # torch and transformers warn as they load
def test_any_sentence_transformers_folder_can_embed(settings, tmp_path):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    pieces = ["[UNK]", *sorted(set("".join(TEXTS.values())) - set("\n"))]
    tokenizer = Tokenizer(
        models.WordLevel({one: n for n, one in enumerate(pieces)}, unk_token="[UNK]")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    rows = np.random.default_rng(0).normal(size=(len(pieces), 8)).astype(np.float32)
    static = StaticEmbedding(tokenizer, embedding_weights=rows)
    SentenceTransformer(modules=[static], device="cpu").save_pretrained(
        str(tmp_path / "tiny"), create_model_card=False
    )
    chosen = settings.model_copy(update={"embedder": str(tmp_path / "tiny")})

    build_index(chosen)

    assert load_embedder(chosen.embedder).encode_queries(["企业"]).shape == (1, 8)
    assert ranking(chosen)[0][1].startswith("甲__")
    with pytest.raises(IndexStaleError, match="embedder"):
        open_index(settings)


def test_the_right_passage_comes_first_and_two_builds_agree(settings, tmp_path):
    build_index(settings)
    other = settings.model_copy(update={"index_dir": tmp_path / "other"})
    build_index(other)

    first = ranking(settings)

    assert first[0][1].startswith("甲__")
    assert [rank for rank, *_ in first] == list(range(1, len(first) + 1))
    assert first == ranking(other)


def test_a_rebuild_takes_over_what_did_not_change(settings):
    first = build_index(settings)
    (settings.corpus_dir / "乙.txt").write_text(TEXTS["乙.txt"] + "2、服务。做好服务。\n", "utf-8")

    second = build_index(settings)

    assert (first.documents, first.reused) == (2, 0)
    assert (second.documents, second.reused) == (2, 1)
    assert build_index(settings).reused == 2
    assert any("做好服务" in one.text for one in open_index(settings).passages)


def test_documents_taken_over_are_the_ones_parsed_afresh(settings, tmp_path):
    build_index(settings)
    build_index(settings)
    fresh = settings.model_copy(update={"index_dir": tmp_path / "fresh"})
    build_index(fresh)

    reused, parsed = open_index(settings), open_index(fresh)

    assert dict(reused.documents) == dict(parsed.documents)
    assert dict(reused.clauses) == dict(parsed.clauses)


def test_an_opened_index_serves_on_while_a_new_one_is_swapped_in(settings):
    build_index(settings)
    opened = open_index(settings)
    (settings.corpus_dir / "丙.txt").write_text("丙区办法\n一、总则\n支持创新药物。\n", "utf-8")

    build_index(settings)

    assert not opened.is_current()
    assert opened.search("培育企业", 1)
    assert "丙" in open_index(settings).documents


@pytest.mark.parametrize("change", ["edited", "added", "removed"])
def test_a_changed_corpus_makes_the_index_stale(settings, change):
    build_index(settings)
    if change == "removed":
        (settings.corpus_dir / "乙.txt").unlink()
    else:
        name = "乙.txt" if change == "edited" else "丙.txt"
        (settings.corpus_dir / name).write_text("丙区办法\n一、总则\n支持。\n", "utf-8")

    with pytest.raises(IndexStaleError, match="sources"):
        open_index(settings)


def test_no_index_and_a_corrupt_one_say_what_to_do(settings):
    with pytest.raises(IndexFolderError, match="assistant index"):
        open_index(settings)
    generation = build_index(settings).generation
    (path,) = (settings.index_dir / generation).glob("*/documents.jsonl")
    path.write_text("坏", "utf-8")
    with pytest.raises(IndexFolderError, match="损坏"):
        open_index(settings)
    (settings.index_dir / MANIFEST).write_text('{"schema": ', "utf-8")
    with pytest.raises(IndexFolderError, match="损坏"):
        open_index(settings)


def test_a_second_build_is_refused_while_one_runs(settings):
    settings.index_dir.mkdir()
    with (settings.index_dir / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexFolderError, match="另一个进程"):
            build_index(settings)

    assert build_index(settings).documents == 2


def test_bad_rows_and_files_leave_the_rest(settings):
    good = [
        {"_id": "r1", "title": "丙区办法", "text": "支持创新药物。"},
        {"_id": 2, "text": "园区。"},
    ]
    rows = [json.dumps(good[0]), "{坏", '["list"]', '{"_id": "r1", "text": "again"}',
            '{"_id": "r3", "text": " "}', "", json.dumps(good[1])]  # fmt: skip
    (settings.corpus_dir / "rows.jsonl").write_text("\n".join(rows), "utf-8")
    (settings.corpus_dir / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    (settings.corpus_dir / "a.exe").write_bytes(b"MZ")
    (settings.corpus_dir / ".hidden.txt").write_bytes(b"\x00")

    report = build_index(settings)

    index = open_index(settings)
    assert set(index.documents) == {"甲", "乙", "r1", "2"}
    assert (index.documents["r1"].title, index.documents["r1"].source) == (
        "丙区办法",
        "rows.jsonl#r1",
    )
    assert sorted(one.source for one in report.failures) == [
        "a.exe",
        "broken.pdf",
        *[f"rows.jsonl#{n}" for n in (2, 3, 4, 5)],
    ]
    assert index.search("创新药物", 1)[0].passage.doc_id == "r1"
    again = build_index(settings)
    assert (again.reused, set(again.failures)) == (4, set(report.failures))


def test_nothing_to_read_is_an_error(tmp_path):
    settings = Settings(corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "index")
    with pytest.raises(CorpusError, match="不存在"):
        build_index(settings)
    settings.corpus_dir.mkdir()
    with pytest.raises(CorpusError, match="没有可读的文件"):
        build_index(settings)
    (settings.corpus_dir / "a.txt").write_bytes(b"")
    with pytest.raises(CorpusError, match=r"a\.txt"):
        build_index(settings)


def test_every_clause_of_the_plan_with_words_is_in_a_passage(assistant_on_plan):
    index = assistant_on_plan.index
    (document,) = index.documents.values()
    covered = set()
    for one in index.passages:
        assert one.text == document.text[one.start : one.end]
        covered.update(range(one.start, one.end))

    missing = {n for n, char in enumerate(document.text) if not char.isspace()} - covered

    assert not missing


def test_a_text_has_one_vector_however_many_are_encoded_with_it():
    embedder = ShippedEmbedder()
    many = (f"对第{n}类医疗器械给予{n * 7}万元补贴" * (n % 5) for n in range(2 * MANY))
    texts = ["", "\U0001f600", *many]

    together = embedder.encode_passages(texts)
    apart = np.concatenate([embedder.encode_passages([one]) for one in texts])

    assert np.array_equal(together, apart)


def test_words_are_those_of_jieba_s_own_search_mode():
    cutter = jieba.Tokenizer()
    for word in lexicon_words():
        cutter.add_word(word)
    texts = [path.read_text("utf-8") for path in (PACKAGE_DIR.parent / "corpus/digests").iterdir()]
    runs = sorted(set(re.findall("[\u4e00-\u9fa5]+", normalize("\n".join(texts)).text)))
    assert len(runs) > 2000
    for run in runs:
        theirs = [word for word in cutter.cut_for_search(run, HMM=False) if len(word) > 1]
        pairs = [run[at : at + 2] for at in range(len(run) - 1)] or [run]
        assert [one for one in tokenize(run) if one[0] != "#"] == theirs + pairs
