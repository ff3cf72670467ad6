"""Which sentences fit a question, by named figures; what the whole corpus then gives."""

from __future__ import annotations

from datetime import date

import pytest

from assistant.answering.evidence import find, find_hits, rank
from assistant.answering.further import further_features, with_further
from assistant.answering.understand import understand
from assistant.linear import BIAS, LinearModel

DAY = date(2026, 6, 30)


@pytest.fixture
def found_for(assistant_on_rules):
    def look(question, day=DAY):
        index = assistant_on_rules.index
        query = understand(question, (), index, assistant_on_rules.reader.intent)
        return find(query, find_hits(query, index), index, day)

    return look


def features_of(found, words):
    """Those of the sentence that has the words."""
    return next(
        features
        for sentence, features in zip(found.sentences, found.features, strict=True)
        if words in sentence.text
    )


def test_an_amount_lies_within_the_bounds_of_one_step_and_outside_the_others(found_for):
    found = found_for("高企认定，去年销售收入8000万，近三年研发费用占比要多少")

    within = features_of(found, "超过5000万元、不超过20000万元")
    assert within.get("in_range") == 1.0
    assert "out_of_range" not in within
    for words in ("收入不超过5000万元的", "收入超过20000万元的"):
        assert features_of(found, words).get("out_of_range") == 1.0


def test_what_is_in_force_depends_on_the_day(found_for):
    question = "1类新药做完国内Ⅰ期临床，市里最高补多少"
    words = "国内i期临床试验按不超过研发投入的40%给予支持,最高1000万元"

    now = features_of(found_for(question), words)
    assert now.get("force_in_force*now") == 1.0
    before = features_of(found_for(question, date(2023, 5, 1)), words)
    assert before.get("force_not_yet*now") == 1.0


def test_named_documents_alone_are_looked_at(found_for):
    found = found_for("沪府办规〔2024〕9号对Ⅲ期临床给多少")

    assert found.scope.named == ("city_biomed_2024",)
    assert {one.clause.doc_id for one in found.sentences} == {"city_biomed_2024"}


def test_ranking_is_by_fit_and_the_best_scores_one(assistant_on_rules, found_for):
    ranked = rank(found_for("科技小巨人企业的营收要到多少"), assistant_on_rules.reader.fit)

    assert ranked[0].score == 1.0
    assert [one.fit for one in ranked] == sorted((one.fit for one in ranked), reverse=True)
    assert all(0 < one.score <= 1 for one in ranked)


def test_further_sentences_come_only_where_the_model_wants_them(assistant_on_rules, found_for):
    found = found_for("区工程技术研究中心要几个研发人员，场地要多大")
    ranked = rank(found, assistant_on_rules.reader.fit)

    never = LinearModel(("needed",), {BIAS: (-9.0,)})
    always = LinearModel(("needed",), {BIAS: (9.0,)})
    assert with_further(found.query, ranked, never) == [ranked[0]]
    assert len(with_further(found.query, ranked, always)) == 4
    assert with_further(found.query, [], always) == []


def test_a_sentence_gains_by_words_that_the_chosen_ones_lack(assistant_on_rules, found_for):
    found = found_for("区工程技术研究中心要几个研发人员，试验场地要多大")
    ranked = rank(found, assistant_on_rules.reader.fit)
    people = next(one for one in ranked if "不少于5人" in one.sentence.text)
    place = next(one for one in ranked if "试验场地不小于" in one.sentence.text)

    features = further_features(found.query, [people], place)
    assert features["gained"] > 0
    assert features["part"] >= 0.5
    assert features["same_parent"] == 1.0
    assert "gained" not in further_features(found.query, [people, place], place)


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("沪府办规〔2021〕5号现在还能用吗，被哪份替掉了", ("失效", "沪府办规〔2024〕9号")),
        ("沪府办规〔2024〕9号有效到什么时候", ("2029年7月31日",)),
        ("科创30条1.0版配套管理办法的文号是多少", ("宝经规〔2021〕1号",)),
        ("梯度培育的新办法哪天施行，取代哪份", ("2026年4月1日", "工信部企业〔2022〕63号")),
    ],
)
def test_the_life_of_a_document_is_told_in_its_own_words(assistant_on_rules, question, facts):
    answer = assistant_on_rules.ask(question, as_of=DAY)

    assert answer.citations
    assert all(fact in answer.text for fact in facts)
    assert any("摘编，非官方原文" in notice for notice in answer.notices)


def test_amounts_that_a_digest_states_are_never_said_to_be_missing(assistant_on_rules):
    answer = assistant_on_rules.ask("企业买设备想贷款，市级有没有贴息支持", as_of=DAY)

    assert "未规定金额" not in answer.text


def test_a_true_figure_is_never_denied(assistant_on_rules):
    for question in ("到2026年高新技术企业是不是要达到90家？", "营收超亿元的企业要达到15家，对吗"):
        answer = assistant_on_rules.ask(question, as_of=DAY)

        assert answer.citations
        assert not answer.text.startswith("不对")


def test_no_verdict_agrees_with_another_figure_than_the_one_quoted(assistant_on_rules):
    question = "合同研究组织的临床前服务每年最高3000万元，对吗"
    answer = assistant_on_rules.ask(question, as_of=DAY)

    assert "1000万元" in answer.text
    assert not answer.text.startswith("对，")
