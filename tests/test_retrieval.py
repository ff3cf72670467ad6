"""The index: its scores, what it takes over, when it refuses."""

import fcntl
import json

import numpy as np
import pytest

from assistant.errors import CorpusError, IndexFolderError, IndexStaleError, SettingsError
from assistant.retrieval import retriever
from assistant.retrieval.embedder import MANY, SHIPPED_DIR, ShippedEmbedder, load_embedder
from assistant.retrieval.manifest import MANIFEST
from assistant.retrieval.store import build_index, open_index
from assistant.settings import Settings

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


def test_both_legs_at_the_same_time_find_what_they_find_one_after_the_other(
    settings, monkeypatch
):
    build_index(settings)
    one_after_the_other = ranking(settings)
    monkeypatch.setattr(retriever, "MANY_PASSAGES", 0)
    begun = []
    submit = retriever._THREADS.submit
    monkeypatch.setattr(
        retriever._THREADS, "submit", lambda *args: begun.append(args) or submit(*args)
    )
    assert ranking(settings) == one_after_the_other != []
    assert begun


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
