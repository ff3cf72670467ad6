"""Facts by the network, where the patterns read nothing or read wrong."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from assistant.eligibility.by_patterns import read_by_patterns
from assistant.eligibility.facts import load_definitions
from assistant.eligibility.learned import (
    BOTH_PLACES,
    NONE,
    Said,
    StatementNetwork,
    load_statement_network,
    words_named,
)
from assistant.eligibility.likely import beyond, borne_out, surely_said
from assistant.eligibility.network_input import MOST_SEEN, Candidate
from assistant.eligibility.profile import read_profile
from assistant.eligibility.readings import Bound, ReadFact
from assistant.eligibility.scope import split_sentences
from assistant.errors import EvaluationError, SettingsError
from assistant.evaluation.eligibility_gold import Described
from assistant.evaluation.statement_examples import (
    Statement,
    TrainingText,
    examples_of,
    read_statements,
)
from assistant.evaluation.statement_training import train_statements
from assistant.settings import PACKAGE_DIR

DAY = date(2026, 6, 30)
NOUNS = ("窑炉", "退火炉", "煅烧炉", "烧结炉", "熔炼炉", "热处理炉", "沸腾炉", "坩埚炉", "炼钢炉",
         "回火炉", "真空炉", "焙烧炉")  # fmt: skip


@pytest.fixture(scope="module")
def by_fact():
    definitions = load_definitions(PACKAGE_DIR.parent / "corpus" / "facts.yaml")
    return {one.fact: one for one in definitions}


@pytest.fixture(scope="module")
def statements():
    """Made-up ways to say three facts that no pattern has a word for."""
    return [
        statement
        for noun in NOUNS
        for statement in (
            Statement("a", "lab_area", "300", f"{noun}边上搭了棚子300平"),
            Statement("c", "lab_area", "700", f"{noun}边上搭了棚子700平。"),
            Statement("a", "sound_accounts", "true", f"{noun}的账捋得顺"),
            Statement("b", "sound_accounts", "false", f"{noun}的账捋不顺"),
            Statement("b", "none", "-", f"{noun}坏了3回"),
            Statement("b", "none", "-", f"路过{noun}"),
            Statement("b", "none", "-", f"隔壁那家{noun}边上搭了棚子450平"),
        )
    ]


@pytest.fixture(scope="module")
def network(statements, by_fact):
    return train_statements(TrainingText(statements, ()), by_fact, epochs=60)


def read(text, by_fact, network):
    return {one.fact: one for one in read_profile(text, DAY, by_fact.values(), network).facts}


def test_a_figure_is_of_the_fact_that_its_words_were_learnt_for(by_fact, network):
    facts = read("转炉边上搭了棚子450平。", by_fact, network)

    assert facts["lab_area"].value == 450
    assert facts["lab_area"].unit == "平方米"
    assert facts["lab_area"].words == "转炉边上搭了棚子450平"


@pytest.mark.parametrize(("text", "value"), [("转炉的账捋得顺", True), ("转炉的账捋不顺", False)])
def test_a_clause_says_what_it_was_learnt_for(by_fact, network, text, value):
    facts = read(text, by_fact, network)

    assert facts["sound_accounts"].value is value
    assert facts["sound_accounts"].words == text


@pytest.mark.parametrize("text", ["隔壁那家转炉边上搭了棚子520平", "路过转炉", "转炉坏了4回"])
def test_what_was_learnt_to_state_nothing_is_left(by_fact, network, text):
    assert not read(text, by_fact, network).keys() & {"lab_area", "sound_accounts"}


def test_two_guesses_that_do_not_agree_are_none(by_fact, network):
    text = "转炉边上搭了棚子450平。回转炉边上搭了棚子800平。"

    assert "lab_area" not in read(text, by_fact, network)


def test_a_figure_of_another_kind_is_not_of_the_fact(by_fact, network):
    assert "lab_area" not in read("转炉边上搭了棚子450人。", by_fact, network)


def test_numpy_tells_what_torch_told_when_it_was_trained(by_fact, network):
    import torch

    text = "退火炉边上搭了棚子300平，窑炉的账捋不顺"
    drawn = read_by_patterns(text, DAY, by_fact)
    said = network.said_in(text, drawn.candidates, drawn.found, by_fact)
    given = network.vocabulary.input_of(
        text, drawn.candidates, words_named(by_fact), drawn.found
    )
    rows = torch.tensor(network._embedded(given))[None]
    lstm = torch.nn.LSTM(rows.shape[2], 128, 2, batch_first=True, bidirectional=True)
    lstm.load_state_dict({
        name.removeprefix("rnn."): torch.tensor(one)
        for name, one in network.weights.items()
        if name.startswith("rnn.")
    })  # fmt: skip
    hidden = lstm(rows)[0][0].detach().numpy()
    between = np.concatenate([hidden, rows[0].numpy()], axis=1)
    for name in ("says1", "says2"):
        weight, bias = network.weights[f"{name}.weight"], network.weights[f"{name}.bias"]
        between = between @ weight.T + bias
        between = np.maximum(between, 0) if name == "says1" else between
    expected = torch.tensor(between).softmax(-1).numpy()[:, : len(network.labels)]

    assert np.allclose(said.by_char, expected, atol=1e-5)


def test_the_same_statements_give_the_same_files(tmp_path, statements, by_fact):
    for name in ("a", "b"):
        train_statements(TrainingText(statements[:12], ()), by_fact, epochs=2).save(tmp_path / name)
    StatementNetwork.load(tmp_path / "a").save(tmp_path / "c")

    for file in ("network.safetensors", "vocabulary.json"):
        one, other, again = ((tmp_path / name / file).read_bytes() for name in "abc")
        assert one == other == again


@pytest.mark.parametrize("damage", [b"", b"{}", b"\x00" * 64], ids=["empty", "bare", "zeros"])
@pytest.mark.parametrize("name", ["network.safetensors", "vocabulary.json"])
def test_a_damaged_network_is_named(tmp_path, network, name, damage):
    network.save(tmp_path)
    (tmp_path / name).write_bytes(damage)

    with pytest.raises(SettingsError, match=tmp_path.name):
        StatementNetwork.load(tmp_path)


def figure(start, end, **chances):
    return Candidate(start, end, "person"), {NONE: 0.0, **chances}


def told(mentions=(), labels=(), count=40):
    by_char = np.zeros((count, len(labels)), dtype=np.float32)
    for at, (_, start, end, chance) in enumerate(labels):
        by_char[start:end, at] = chance
    return Said(tuple(mentions), {one[0]: at for at, one in enumerate(labels)}, by_char)


def fact(name, value, start, end, **more):
    return ReadFact(name, value, None, Bound.EXACT, "…", start, end, **more)


@pytest.mark.parametrize(
    ("mentions", "is_kept"),
    [
        ([], True),  # no figure was seen there
        ([figure(2, 5, staff_count=0.6)], True),
        ([figure(2, 5, staff_count=0.2)], True),  # doubtful, and nothing better
        ([figure(2, 5, staff_count=0.04)], False),
        ([figure(2, 5, staff_count=0.2), figure(10, 12, staff_count=0.8)], False),
        ([figure(2, 5, staff_count=0.6), figure(10, 12, staff_count=0.8)], True),
    ],
)
def test_a_figure_that_is_all_but_denied_is_dropped(by_fact, mentions, is_kept):
    found = [fact("staff_count", 86, 0, 5)]

    assert borne_out(found, told(mentions), by_fact) == found * is_kept


def test_a_denied_label_and_a_denied_member_are_dropped(by_fact):
    found = [
        fact("hightech", "valid", 0, 4),
        fact("listed", True, 5, 9),
        fact("fields", ("ai", "chip"), 10, 14),
    ]
    labels = [
        ("hightech=valid", 0, 4, 0.01),
        ("listed=true", 5, 9, 0.5),
        ("fields=ai", 10, 14, 0.9),
        ("fields=chip", 10, 14, 0.01),
    ]

    kept = borne_out(found, told(labels=labels), by_fact)

    assert [(one.fact, one.value) for one in kept] == [("listed", True), ("fields", ("ai",))]


def test_a_label_that_nobody_taught_denies_nothing(by_fact):
    found = [fact("listed", True, 5, 9)]

    assert borne_out(found, told(), by_fact) == found


def test_that_there_is_none_of_a_thing_is_a_zero_of_last_year(by_fact):
    text = "研发上头一个子儿没掏"
    said = told(labels=[("rd_expense=0", 0, 10, 0.99)], count=10)

    (one,) = surely_said(split_sentences(text), said, by_fact, DAY)

    assert (one.fact, one.value, one.unit, one.year) == ("rd_expense", 0, "万元", 2025)
    assert one.words == text


def test_what_the_patterns_read_stands_before_a_guess_and_members_add_up():
    found = [fact("staff_count", 86, 0, 4)]
    guessed = [
        fact("staff_count", 90, 6, 9),
        fact("fields", ("ai",), 0, 4),
        fact("fields", ("chip",), 6, 9),
        fact("region", ("luodian",), 0, 4),
        fact("region", ("gucun",), 6, 9),
    ]

    assert beyond(found, guessed) == guessed[1:3]


def test_what_stands_beyond_the_first_characters_is_left_to_the_patterns(by_fact, network):
    text = "路过转炉。" * (MOST_SEEN // 5) + "员工86人，转炉边上搭了棚子450平"
    facts = read(text, by_fact, network)

    assert facts["staff_count"].value == 86
    assert "lab_area" not in facts


def test_what_the_patterns_read_beyond_that_is_not_denied_for_not_being_seen(by_fact):
    found = [fact("listed", True, 45, 49), fact("fields", ("ai",), 50, 54)]
    labels = [("listed=true", 0, 4, 0.9), ("fields=ai", 0, 4, 0.9)]

    assert borne_out(found, told(labels=labels, count=40), by_fact) == found


def test_what_the_network_reads_is_not_said_to_be_unread(by_fact):
    reading = read_profile("公司去年销2300，做阀门", DAY, by_fact.values())

    assert {one.fact: one.value for one in reading.facts}["revenue"] == 2300
    assert reading.unread == ()


def test_examples_tell_which_mention_is_of_what_and_what_is_not_known(by_fact):
    row = Described(
        _id="x-1", split="dev", text="罗店的厂，86个人，隔壁120个人，账捋得顺，研发8个",
        facts={"region": ["luodian"], "staff_count": 86, "sound_accounts": True},
        may=["rd_staff_count"], said={"region": "罗店", "sound_accounts": "账捋得顺"},
    )  # fmt: skip
    unmarked = row.model_copy(update={"row_id": "x-2", "said": {}})

    one, other = examples_of(TrainingText((), [row, unmarked]), by_fact)

    mentions = dict(zip([each.start for each in one.drawn.candidates], one.mentions, strict=True))
    assert mentions[one.text.index("罗店")] == "region"
    assert mentions[one.text.index("86")] == "staff_count"
    assert mentions[one.text.index("120")] is None  # it may be of those who do research
    start = one.text.index("账")
    assert one.spans == ((start, start + 4, "sound_accounts=true"),)
    assert other.spans is None


def test_a_place_for_both_and_a_zero_in_words_are_examples(by_fact):
    row = Described(
        _id="x-1", split="dev", text="注册纳税都在罗店，一分钱研发没有",
        facts={"region": ["luodian"], "tax_place": "luodian", "rd_expense@2025": 0},
        said={"rd_expense@2025": "一分钱研发没有"},
    )  # fmt: skip

    (one,) = examples_of(TrainingText((), [row]), by_fact)

    assert BOTH_PLACES in one.mentions
    assert [label for *_, label in one.spans] == ["rd_expense=0"]


@pytest.mark.parametrize("line", ["staff_count\t86", "staff_count\t86\t \n", "a\tb\tc\td"])
def test_a_line_that_is_no_statement_is_named(tmp_path, line):
    (tmp_path / "a.tsv").write_text(f"staff_count\t86\t86个人\n{line}\n", "utf-8")
    with pytest.raises(EvaluationError, match="第 2 行"):
        read_statements(tmp_path)


def test_the_shipped_network_knows_the_facts_of_the_corpus(by_fact):
    network = load_statement_network()

    assert set(network.facts) <= {NONE, BOTH_PLACES, *by_fact}
    for label in network.labels:
        name, _, value = label.partition("=")
        options = {one.value for one in by_fact[name].options} or {"true", "false", "0"}
        assert value in options
