"""The embedder's training: what it learns from, and that it is the same each time."""

import gzip
import json

import numpy as np
import pytest

from assistant.errors import UsageError
from assistant.retrieval.embedder import SHIPPED_DIR, ShippedEmbedder
from assistant.retrieval.training import FOLDS, folds_of, train_embedder
from assistant.retrieval.training_pairs import (
    answered_pairs,
    article_pairs,
    asked_of_articles,
    news_pairs,
    read_articles,
)

MATTERS = ["绿化", "消防", "渡口", "物业", "档案", "统计", "港口", "宠物"]


def articles():
    return [
        {"_id": f"{one}条例第一条", "title": f"{one}条例第一条",
         "text": f"为了加强{one}管理，保障公众权益，制定本条例。{one}工作由区{one}管理部门负责。"}
        for one in MATTERS
    ]  # fmt: skip


@pytest.fixture
def folders(tmp_path):
    train, bench = tmp_path / "train", tmp_path / "bench"
    train.mkdir()
    bench.mkdir()
    lines = [json.dumps(one, ensure_ascii=False) for one in articles()]
    (bench / "corpus.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    asked = [{"_id": f"q{n}", "text": f"{one}归谁管？"} for n, one in enumerate(MATTERS)]
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in asked)
    (bench / "queries.dev.jsonl").write_text(text, "utf-8")
    qrels = "".join(f"q{n}\t{one}条例第一条\t1\n" for n, one in enumerate(MATTERS))
    (bench / "qrels.dev.tsv").write_text("q\td\ts\n" + qrels + "q0\t没有这一条\t1\n", "utf-8")
    news = [{"text": "".join(f"{one}有第{n}件新闻发生了。" for n in range(5))} for one in MATTERS]
    packed = "\n".join(json.dumps(one, ensure_ascii=False) for one in news)
    (train / "news.jsonl.gz").write_bytes(gzip.compress(packed.encode()))
    pairs = [{"query": f"{one}何时开始", "positive": f"{one}三月一日起"} for one in MATTERS]
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in pairs)
    (train / "ncp_pairs.jsonl").write_text(text, "utf-8")
    return train, bench


def test_texts_alone_give_a_sentence_and_what_stands_with_it(folders):
    train, _ = folders
    rows = [(one["title"], one["text"]) for one in articles()]
    pairs = article_pairs(rows, seed=1)

    assert len(pairs) == len(rows)
    assert all(said not in rest and "条例第一条" in rest for said, rest in pairs)
    assert pairs == article_pairs(rows, seed=1) != article_pairs(rows, seed=2)
    assert len(news_pairs(train / "news.jsonl.gz", seed=1)) == len(MATTERS)


def test_an_article_of_one_sentence_is_parted_at_a_comma():
    ((said, rest),) = article_pairs([("甲法第一条", "年满十八周岁的，可以申请")], seed=1)

    assert (said, rest) == ("年满十八周岁的", "甲法第一条可以申请")
    assert article_pairs([("甲法第一条", "无")], seed=1) == []


def test_questions_meet_their_articles(folders):
    _, bench = folders
    asked = list(asked_of_articles(bench, read_articles(bench)))

    assert len(asked) == len(MATTERS)  # the article that is not in the corpus is left out
    assert asked[0].question == "绿化归谁管?"
    assert asked[0].passage.startswith("绿化条例第一条")
    assert asked[0].group == "绿化条例第一条"


def test_every_group_has_a_fold_whatever_its_order():
    groups = [str(n) for n in range(50)]

    assert folds_of(groups) == folds_of(groups[::-1] * 2)
    assert set(folds_of(groups).values()) == set(range(FOLDS))


def test_a_missing_file_is_a_mistake_of_the_caller(folders, tmp_path):
    _, bench = folders
    with pytest.raises(UsageError, match=r"news\.jsonl\.gz"):
        news_pairs(tmp_path / "news.jsonl.gz", seed=1)
    with pytest.raises(UsageError, match=r"ncp_pairs\.jsonl"):
        answered_pairs(tmp_path / "ncp_pairs.jsonl")
    (bench / "corpus.jsonl.gz").unlink()
    with pytest.raises(UsageError, match="corpus"):
        read_articles(bench)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # torch and transformers warn as they load
def test_training_is_the_same_each_time_and_leaves_a_fold_out(folders, tmp_path):
    for name in ("a", "b"):
        train_embedder(*folders, tmp_path / name, seed=5, progress=lambda *_: None)

    whole, fold = "model.safetensors", "fold-0/model.safetensors"
    for one in (whole, fold):
        assert (tmp_path / "a" / one).read_bytes() == (tmp_path / "b" / one).read_bytes()
    assert (tmp_path / "a" / whole).read_bytes() != (tmp_path / "a" / fold).read_bytes()
    pieces = (SHIPPED_DIR / "tokenizer.json").read_bytes()
    assert (tmp_path / "a" / "tokenizer.json").read_bytes() == pieces
    embedder = ShippedEmbedder(tmp_path / "a")
    passages = embedder.encode_passages([f"{one['title']} {one['text']}" for one in articles()])
    questions = embedder.encode_queries([f"{one}归谁管？" for one in MATTERS])
    assert (questions @ passages.T).argmax(axis=1).tolist() == list(range(len(MATTERS)))
    assert np.allclose(np.linalg.norm(passages, axis=1), 1, atol=1e-5)
