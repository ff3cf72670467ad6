"""The ranker: what it sees of a passage, what its scores mean, how it is trained."""

import json
from pathlib import Path

import numpy as np
import pytest

from assistant.errors import SettingsError
from assistant.evaluation.gold import load_gold
from assistant.evaluation.judged import answering, gold_questions, judged_questions, lay_out
from assistant.evaluation.ranker_exam import figures, measures
from assistant.retrieval import ranker_training
from assistant.retrieval.asking import SHOWN, kinds_asked, place_in, stem_of
from assistant.retrieval.candidates import features
from assistant.retrieval.matching import meet, pairs_of
from assistant.retrieval.ranker import CALIBRATION, SHIPPED_DIR, TREES, Ranker
from assistant.retrieval.ranker_training import Example, Judged, JudgedSet
from assistant.retrieval.spellings import spellings
from assistant.retrieval.store import build_index, open_index
from assistant.schema import Passage
from assistant.settings import Settings
from assistant.text import normalize

TEXTS = {
    "甲.txt": "甲区医药行动方案\n一、企业\n1、培育。到2026年，培育九十家高新技术企业。\n"
    "2、载体。建成200万方专业载体。\n二、保障\n1、专班。成立工作专班。\n",
    "乙.txt": "乙区园区管理办法\n一、园区\n1、载体。建成30万方专业载体，完善配套。\n",
}


@pytest.fixture
def index(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name, text in TEXTS.items():
        (corpus / name).write_text(text, "utf-8")
    settings = Settings(corpus_dir=corpus, index_dir=tmp_path / "index")
    build_index(settings)
    return open_index(settings)


def met(question, *texts):
    return meet(pairs_of(normalize(question).text, lambda _: 1.0), texts)


def test_words_are_met_by_passage_by_sentence_and_in_one_run():
    found = met("培育多少企业", "培育人才。企业多少？", "培育多少企业", "无关")  # five pairs

    assert found.whole.tolist() == pytest.approx([3 / 5, 1, 0])
    assert found.sentence.tolist() == pytest.approx([2 / 5, 1, 0])
    assert found.two.tolist() == pytest.approx([3 / 5, 1, 0])
    assert found.run.tolist() == pytest.approx([1 / 5, 1, 0])
    assert found.first.tolist() == pytest.approx([5 / 10, 0, 0])
    assert found.length.tolist() == [10, 6, 2]


def test_rare_words_weigh_more():
    pairs = pairs_of("企业专班", lambda pair: 3.0 if pair == "专班" else 0.5)

    assert meet(pairs, ["企业", "专班"]).whole.tolist() == pytest.approx([1 / 8, 6 / 8])


def test_spelling_does_not_matter():
    assert met("CAR-T細胞", "ｃａｒ－ｔ 细胞").whole.tolist() == pytest.approx([1.0])
    assert met("CAR-T細胞", "干细胞").whole.tolist() == pytest.approx([0.5])


def test_what_a_text_shows_is_counted_whole_and_in_its_best_sentence():
    found = met("补贴多少", "2024年印发。补贴5万元、3%。", "没有")

    digit, money, date = map(list(SHOWN).index, ("digit", "money", "date"))
    assert found.shown[:, [digit, money]].tolist() == [[6, 2], [0, 0]]
    assert found.near[:, [digit, money, date]].tolist() == [[2, 2, 0], [0, 0, 0]]


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("高企有奖励", "对高新技术企业给予奖励。"),
        ("科小有奖励", "对科技型中小企业给予奖励。"),
        ("奖励二十万元", "给予20万元奖励。"),
        ("奖励200,000元", "给予20万元奖励。"),
        ("奖励百分之五十", "奖励50%。"),
    ],
)
def test_what_says_the_same_counts_as_said(question, text):
    norm = normalize(question).text
    plain = meet(pairs_of(norm, lambda _: 1.0), [text, "奖励。"])
    found = meet(pairs_of(norm, lambda _: 1.0, spellings(norm)), [text, "奖励。"])

    assert found.whole[0] > plain.whole[0]
    assert found.whole[1] == plain.whole[1]
    assert found.sentence[0] == found.whole[0] <= 1
    assert found.run.tolist() == plain.run.tolist()


@pytest.mark.parametrize("question", ["", "？", "好"])
def test_a_question_without_pairs_meets_nothing(question):
    assert met(question, "培育企业。").whole.tolist() == [0]


def test_kinds_of_question_and_of_title():
    assert kinds_asked("补贴多少钱")["money"]
    assert not kinds_asked("何时施行")["money"]
    assert (stem_of("公司法第十二条之一"), stem_of("公司法")) == ("公司法", "公司法")
    assert (place_in("上海市绿化条例"), place_in("公司法")) == ("上海市", None)


def test_every_question_has_the_same_figures_and_none_is_missing(index):
    ranker = Ranker.load(SHIPPED_DIR)
    for question in ("培育多少家企业", "?", "完全无关的话题", "载体"):
        found = index.retriever.pool(question, 10)
        if found is None:
            continue
        made = features(found[1])
        assert set(ranker.trees.names) == set(made)
        assert all(np.isfinite(values).all() for values in made.values())
        assert {len(values) for values in made.values()} == {len(found[0])}


def test_neighbours_end_with_their_document(index):
    pool = index.retriever.pool("培育高新技术企业和专业载体", 10)[1]
    by_text = {one.text[:4]: row for row, one in enumerate(pool.passages)}
    first, other = by_text["1、培育"], by_text["1、载体"]

    assert pool.around[first][2] > 0  # 2、载体 follows
    assert pool.place[first] < pool.size[first]
    assert pool.around[other][2:].tolist() == [0, 0]  # the last of its document


def test_scores_are_probabilities_in_order_and_the_same_each_time(index):
    hits = index.search("培育多少家高新技术企业", 10)
    scores = [hit.score for hit in hits]

    assert hits[0].passage.text.startswith("1、培育")
    assert scores == sorted(scores, reverse=True)
    assert all(0 < one < 1 for one in scores)
    assert hits == index.search("培育多少家高新技术企业", 10)


def test_a_search_can_be_held_to_some_documents(index):
    every = {hit.passage.doc_id for hit in index.search("专业载体", 10)}
    assert len(every) == 2
    one = sorted(every)[0]

    assert {hit.passage.doc_id for hit in index.search("专业载体", 10, {one})} == {one}
    assert index.search("专业载体", 10, {"没有这份"}) == []


def test_a_damaged_ranker_is_named(tmp_path):
    with pytest.raises(SettingsError, match=CALIBRATION):
        Ranker.load(tmp_path)
    (tmp_path / CALIBRATION).write_text('{"bias": 0}', "utf-8")
    (tmp_path / TREES).write_text("no trees", "utf-8")
    with pytest.raises(SettingsError, match=TREES):
        Ranker.load(tmp_path)


def test_measures_count_groups_in_order_of_score():
    passages = [Passage(f"p{i}", "d", (), (), 0, 600, "字" * 600) for i in range(4)]
    question = Judged("问", (frozenset({"p1"}), frozenset({"p3", "p9"})), "d")
    example = Example(question, passages, {}, np.zeros((4, 0)), np.zeros(4, bool), 1.0, 0)
    found = measures(example, np.array([0.1, 0.9, 0.5, 0.2]))

    assert found == {"top_1": 0.5, "top_5": 1.0, "top_10": 1.0, "top_100": 1.0, "chars_1500": 0.5}
    assert measures(example, np.zeros(4))["top_1"] == 0  # ties by id: p0


def test_a_measure_of_the_search_looks_as_deep_as_the_search_does():
    passages = [Passage(f"p{i:03}", "d", (), (), 0, 9, "字" * 9) for i in range(700)]
    question = Judged("问", (frozenset({"p100"}),), "d")
    by_fused = {"fused": -np.arange(700.0)}
    example = Example(question, passages, by_fused, np.zeros((700, 0)), np.zeros(700, bool), 1.0, 0)
    scores = np.where(np.arange(700) == 100, 9.0, 0.0)  # best, and the 101st by fused score

    assert measures(example, scores)["top_1"] == 1
    found = measures(example, scores, as_searched=True)
    assert (found["top_10"], found["top_100"]) == (0, 1)


def test_the_longest_part_of_an_answer_is_what_counts():
    passages = [Passage(str(i), "d", (), (), 0, 9, text) for i, text in
                enumerate(["前半句 甲乙丙", "丁戊己庚，后", "无"])]  # fmt: skip

    assert answering("甲乙丙丁戊己庚", passages) == {"1"}
    assert answering("ＸＹ", passages) == frozenset()


def test_a_benchmark_folder_becomes_judged_questions(tmp_path):
    folder = tmp_path / "bench"
    folder.mkdir()
    rows = [{"_id": "某法第一条", "title": "某法第一条", "text": "年满十八周岁的，可以申请。"},
            {"_id": "某法第二条", "title": "某法第二条", "text": "申请向街道提出。"}]  # fmt: skip
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (folder / "corpus.jsonl").write_text(lines, "utf-8")
    (folder / "queries.dev.jsonl").write_text('{"_id": "q", "text": "向谁申请"}\n', "utf-8")
    (folder / "qrels.dev.tsv").write_text("q\td\ts\nq\t某法第二条\t1\nq\t某法第一条\t0\n", "utf-8")
    settings = Settings(corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "index")
    lay_out(folder, settings.corpus_dir)
    build_index(settings)
    opened = open_index(settings)
    (question,) = judged_questions(folder, opened)

    second = next(one for one in opened.passages if one.title == "某法第二条")
    assert question.groups == (frozenset({second.passage_id}),)
    assert len(opened.passages) == 2  # an article in a row is one passage


@pytest.mark.slow
def test_training_is_the_same_each_time_and_puts_answers_first(
    assistant_on_plan, tmp_path, monkeypatch
):
    pytest.importorskip("lightgbm", reason="needed for training only")
    monkeypatch.setattr(ranker_training, "ROUNDS", 10)
    index = assistant_on_plan.index
    folder = Path(__file__).parent.parent / "eval/gold/plan"
    gold = load_gold(folder, index.documents, index.clauses)
    questions = [one for one in gold.questions if one.split == "dev"][::3]
    judged = JudgedSet("plan", index, list(gold_questions(questions, index)))
    trained = [
        ranker_training.train_ranker(
            [judged], tmp_path / name, seed=3, progress=lambda *_: None
        )
        for name in ("a", "b")
    ]

    for name in (TREES, CALIBRATION):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    found = figures(trained[0])["plan"]
    assert found["n"] + found["n_unanswerable"] == len(judged.questions)
    assert found["ranker"]["top_5"] > 0.7
    difference, low, high = found["above_bm25"]["top_5"]
    assert difference == pytest.approx(found["ranker"]["top_5"] - found["bm25"]["top_5"], abs=2e-4)
    assert low <= difference <= high
    assert Ranker.load(tmp_path / "a").scores(index.retriever.pool("目标", 5)[1]).max() < 1


def test_how_many_are_wanted_does_not_change_the_first_ones(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    words = ["企业", "人才", "园区", "补贴", "融资", "用地"]
    rows = [
        {"_id": f"r{i}", "title": f"{words[i % 6]}办法",
         "text": f"支持{words[i % 5]}和{words[i // 7 % 6]}，给予{i}万元。"}
        for i in range(200)
    ]  # fmt: skip
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (corpus / "rows.jsonl").write_text(lines, "utf-8")
    settings = Settings(corpus_dir=corpus, index_dir=tmp_path / "index")
    build_index(settings)
    opened = open_index(settings)

    few, many = (opened.search("企业融资补贴多少钱", k) for k in (10, 90))
    assert len(many) == 90
    assert [(one.passage, one.score) for one in few] == [
        (one.passage, one.score) for one in many[:10]
    ]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # torch and transformers warn as they load
def test_any_cross_encoder_folder_puts_the_first_hits_in_order(index, tmp_path):
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(set("".join(TEXTS.values())))]
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(one for one in words if one.strip()), "utf-8")
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    size = BertConfig(vocab_size=len(words), hidden_size=8, num_hidden_layers=1,
                      num_attention_heads=1, intermediate_size=8, num_labels=1)  # fmt: skip
    BertForSequenceClassification(size).save_pretrained(folder)
    plain = index.search("专业载体建成多少万方", 3)
    settings = Settings(corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "index",
                        cross_encoder=str(folder))  # fmt: skip
    hits = open_index(settings).search("专业载体建成多少万方", 3)

    model = CrossEncoder(str(folder), device="cpu")
    every = index.search("专业载体建成多少万方", 20)
    texts = [" ".join([one.passage.title, *one.passage.path, one.passage.text]) for one in every]
    marks = model.predict([("专业载体建成多少万方", one) for one in texts])
    order = sorted(range(len(every)), key=lambda at: (-round(float(marks[at]), 6),
                                                      every[at].passage.passage_id))  # fmt: skip
    assert [one.passage for one in hits] == [every[at].passage for at in order[:3]]
    assert [(one.rank, one.score) for one in hits] == [(one.rank, one.score) for one in plain]


@pytest.mark.usefixtures("index")
def test_a_cross_encoder_that_is_none_is_a_settings_error(tmp_path):
    settings = Settings(corpus_dir=tmp_path / "corpus", index_dir=tmp_path / "index",
                        cross_encoder=str(tmp_path / "none"))  # fmt: skip
    with pytest.raises(SettingsError, match="cross_encoder"):
        open_index(settings).search("载体", 3)


def test_a_text_may_hold_the_character_that_parts_texts():
    pairs = pairs_of("研发补贴", lambda _: 1.0)
    met = meet(pairs, ["研发\ue000补贴", "补贴十万", "研发\ue000补贴"])
    assert met.whole[0] == met.whole[2] == 1
    assert 0 < met.whole[1] < 1
