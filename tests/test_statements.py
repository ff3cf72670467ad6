"""Facts by models learnt from statements, where the patterns read nothing."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from assistant.eligibility.facts import load_definitions
from assistant.eligibility.learned import StatementModels, load_statement_models
from assistant.eligibility.likely import ClauseSaid, surely_said
from assistant.eligibility.profile import read_profile
from assistant.eligibility.scope import split_sentences
from assistant.errors import EvaluationError, SettingsError
from assistant.evaluation.eligibility_gold import Described
from assistant.evaluation.statement_training import (
    Statement,
    read_statements,
    train_statements,
)
from assistant.linear import WideModel
from assistant.settings import PACKAGE_DIR

DAY = date(2026, 6, 30)
NOUNS = ("窑炉", "退火炉", "煅烧炉", "烧结炉")


@pytest.fixture(scope="module")
def definitions():
    return load_definitions(PACKAGE_DIR.parent / "corpus" / "facts.yaml")


@pytest.fixture(scope="module")
def models(definitions):
    """Of made-up ways to say three facts that no pattern has a word for."""
    statements = [
        statement
        for noun in NOUNS
        for statement in (
            Statement("a", "lab_area", "300", f"{noun}边上搭了棚子300平"),
            Statement("a", "sound_accounts", "true", f"{noun}的账捋得顺"),
            Statement("b", "sound_accounts", "false", f"{noun}的账捋不顺"),
            Statement("b", "none", "-", f"{noun}坏了3回"),
            Statement("b", "none", "-", f"路过{noun}"),
        )
    ]
    by_fact = {one.fact: one for one in definitions}
    return train_statements(statements, (), by_fact)


def read(text, definitions, models):
    return {one.fact: one for one in read_profile(text, DAY, definitions, models).facts}


def test_a_figure_is_of_the_fact_that_its_words_were_learnt_for(definitions, models):
    facts = read("转炉边上搭了棚子450平。", definitions, models)

    assert facts["lab_area"].value == 450
    assert facts["lab_area"].unit == "平方米"


@pytest.mark.parametrize(("text", "value"), [("转炉的账捋得顺", True), ("转炉的账捋不顺", False)])
def test_a_clause_says_what_it_was_learnt_for(definitions, models, text, value):
    facts = read(text, definitions, models)

    assert facts["sound_accounts"].value is value
    assert facts["sound_accounts"].words == text


@pytest.mark.parametrize(
    "text",
    ["打算明年在转炉边上搭了棚子450平", "隔壁公司转炉边上搭了棚子450平", "路过转炉", "转炉坏了4回"],
)
def test_plans_other_firms_and_what_states_nothing_are_left(definitions, models, text):
    assert not read(text, definitions, models).keys() & {"lab_area", "sound_accounts"}


def test_what_the_patterns_read_stands_before_a_guess(definitions, models):
    facts = read("实验室面积1200平方米，转炉边上搭了棚子450平。", definitions, models)

    assert facts["lab_area"].value == 1200


def test_a_guess_at_a_profit_is_below_zero_where_a_loss_is_told(definitions):
    statements = [
        Statement("a", "profit", value, f"{noun}那块{said}{value}万")
        for noun in NOUNS
        for said, value in (("捞了", "30"), ("赔进去", "40"))
    ]
    statements += [Statement("a", "none", "-", f"{noun}修了3万") for noun in NOUNS]
    statements.append(Statement("a", "sound_accounts", "true", "账捋得顺"))
    by_fact = {one.fact: one for one in definitions}
    facts = read("转炉那块赔进去50万", definitions, train_statements(statements, (), by_fact))

    assert facts["profit"].value == -50


def test_two_guesses_that_do_not_agree_are_none(definitions, models):
    text = "转炉边上搭了棚子450平。回转炉边上搭了棚子800平。"

    assert "lab_area" not in read(text, definitions, models)


@pytest.mark.parametrize(
    ("text", "chances", "value"),
    [
        ("验过一轮", {"true": 0.5, "false": 0.1}, True),
        ("没人来验", {"true": 0.1, "false": 0.5}, False),
        ("验过一轮", {"true": 0.25, "false": 0.05}, None),  # hardly about it
        ("验过一轮", {"true": 0.5, "false": 0.3}, None),  # which of the two is not clear
        ("没人来验", {"true": 0.5, "false": 0.1}, None),  # a denial, and no sure yes
        ("没人不验", {"true": 0.95, "false": 0.1}, True),
    ],
)
def test_a_yes_or_no_is_likely_about_a_fact_and_clearly_one_of_the_two(
    definitions, text, chances, value
):
    by_fact = {one.fact: one for one in definitions}
    clause = split_sentences(text)[0].clauses[0]
    facts = list(surely_said([ClauseSaid(clause, {"test_report": chances})], by_fact))

    assert [one.value for one in facts] == ([] if value is None else [value])


def test_a_figure_of_another_kind_is_not_of_the_fact(definitions, models):
    assert "lab_area" not in read("转炉边上搭了棚子450人。", definitions, models)


def test_a_clause_without_marked_words_teaches_only_what_it_does_not_say(definitions):
    by_fact = {one.fact: one for one in definitions}
    plain = [Statement("a", "sound_accounts", "true", f"{noun}的账捋得顺") for noun in NOUNS]
    others = [Statement("a", "none", "-", f"路过{noun}3回") for noun in NOUNS]
    others.append(Statement("a", "lab_area", "300", "边上搭了棚子300平"))
    unmarked = Described(_id="x-1", split="dev", text="转炉的账捋得顺", facts={})
    same = Described(_id="x-2", split="dev", text="转炉的账捋得顺", facts={"sound_accounts": True})
    chance = {}
    for name, row in (("denied", unmarked), ("open", same)):
        models = train_statements([*plain, *others], [row] * 8, by_fact)
        at = models.clauses.labels.index("sound_accounts=true")
        chance[name] = models.clauses.weights["c捋得顺"][1][
            models.clauses.weights["c捋得顺"][0].tolist().index(at)
        ]

    assert chance["denied"] < chance["open"]


def test_the_same_statements_give_the_same_files(tmp_path, models):
    models.save(tmp_path / "a")
    StatementModels.load(tmp_path / "a").save(tmp_path / "b")

    for name in ("figures.tsv", "clauses.tsv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_wide_model_adds_up_the_weights_of_the_features_it_knows(tmp_path):
    model = WideModel(
        ("x", "y"),
        np.float32([0.5, 0]),
        {"a": (np.array([1]), np.float32([2])), "b": (np.array([0, 1]), np.float32([1, -1]))},
    )
    model.save(tmp_path / "m.tsv")

    for one in (model, WideModel.load(tmp_path / "m.tsv")):
        assert one.scores({"a", "b", "unknown"}).tolist() == [1.5, 1.0]
        assert one.scores(()).tolist() == [0.5, 0.0]


@pytest.mark.parametrize("text", ["", "x\ty\n0\n", "x\n0\na\t1:2\n", "x\n0\na\tb\n"])
def test_a_damaged_model_is_named(tmp_path, text):
    (tmp_path / "m.tsv").write_text(text, "utf-8")
    with pytest.raises(SettingsError, match=r"m\.tsv"):
        WideModel.load(tmp_path / "m.tsv")


@pytest.mark.parametrize("line", ["staff_count\t86", "staff_count\t86\t \n", "a\tb\tc\td"])
def test_a_line_that_is_no_statement_is_named(tmp_path, line):
    (tmp_path / "a.tsv").write_text(f"staff_count\t86\t86个人\n{line}\n", "utf-8")
    with pytest.raises(EvaluationError, match="第 2 行"):
        read_statements(tmp_path)


def test_the_shipped_models_know_the_facts_of_the_corpus(definitions):
    known = {one.fact: one for one in definitions}
    models = load_statement_models()

    assert {one for one in models.figures.labels if one != "none"} <= known.keys()
    for label in models.clauses.labels:
        fact, _, value = label.partition("=")
        options = {one.value for one in known[fact].options} or {"true", "false"}
        assert value in options
