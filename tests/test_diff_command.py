"""`assistant diff`: texts named by path or id, what is printed, and what relies on the clauses."""

import json

import pytest

from assistant.parsing import Origin, parse_source
from assistant.versions.labels import label
from assistant.versions.uses import uses_in_benefits
from tests.conftest import ROOT
from tests.test_cli import ITEM_12, run

__all__ = ["run"]

PLAN = "action_plan_2024_2026_draft"
OLD = "某办法\n第一条 补贴五万元。\n第二条 企业可以向区科委申请。\n"
NEW = (
    "某办法\n第一条 补贴六万元。\n"
    "第二条 本办法所称企业，是指中小企业。\n第三条 企业可以向区科委申请。\n"
)


@pytest.fixture
def versions(tmp_path):
    """Paths of an old and a new version."""
    old, new = tmp_path / "old.txt", tmp_path / "new.txt"
    old.write_text(OLD, "utf-8")
    new.write_text(NEW, "utf-8")
    return old, new


@pytest.fixture
def new_plan(tmp_path):
    """The plan with another target in item 12."""
    source = (ROOT / "corpus" / "raw" / f"{PLAN}.txt").read_text("utf-8")
    assert "累计培育 90 家" in source
    path = tmp_path / f"{PLAN}_v2.txt"
    path.write_text(source.replace("累计培育 90 家", "累计培育 95 家"), "utf-8")
    return path


def test_two_files_are_compared_with_their_words_marked(run, versions):
    code, out, err = run("diff", *versions)

    assert (code, err) == (0, "")
    assert "按条计：未变 0，修改 1，移动 1，拆分 0，合并 0，新增 1，删除 0" in out
    assert "修改  第一条\n    补贴[-五万元-]{+六万元+}。" in out
    assert "移动  第二条 → 第三条" in out
    assert "{+第二条 本办法所称企业" in out


def test_only_keeps_one_kind(run, versions):
    _, out, _ = run("diff", *versions, "--only", "moved")

    assert "第二条 → 第三条" in out
    assert "五" not in out


def test_json_names_clauses_spans_and_marks(run, versions):
    _, out, _ = run("diff", *versions, "--json", "--only", "changed", "--only", "added")

    record = json.loads(out)
    assert record["summary"]["provisions"] == {
        "unchanged": 0, "changed": 1, "moved": 1, "split": 0, "merged": 0, "added": 1, "dropped": 0
    }  # fmt: skip
    article, added = record["changes"][1:]
    assert (article["old"][0]["clause_id"], added["old"]) == ("old__art_1", [])
    dropped = next(mark for mark in article["marks"] if mark["op"] == "dropped")
    assert OLD[dropped["old_start"] : dropped["old_end"]] == dropped["text"] == "五万元"
    assert "touched" not in record


def test_a_document_of_the_index_against_a_file_lists_the_questions_it_touches(run, new_plan):
    code, out, _ = run("diff", PLAN, new_plan, "--gold", ROOT / "eval" / "gold", "--json")

    record = json.loads(out)
    assert code == 0
    assert len(record["touched"]) >= 1
    assert {row["clause_id"] for row in record["touched"]} == {ITEM_12}
    assert {row["kind"] for row in record["touched"]} == {"changed"}
    assert record["touched"][0]["new_ids"] == [ITEM_12.replace(PLAN, f"{PLAN}_v2")]


def test_the_touched_questions_are_listed_for_people_too(run, new_plan):
    _, out, _ = run("diff", PLAN, new_plan, "--gold", ROOT / "eval" / "gold")

    assert "受影响的题目和规则：" in out
    assert f"{ITEM_12} 修改，新条款：" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["没有的文件.txt", PLAN], "既不是文件"),
        ([PLAN, PLAN, "--gold", "没有的文件夹"], "没有 .jsonl 文件"),
        ([PLAN, PLAN, "--only", "whatever"], "Invalid value"),
    ],
)
def test_a_mistake_of_the_caller_is_exit_code_2(run, arguments, words):
    code, out, err = run("diff", *arguments)

    assert (code, out) == (2, "")
    assert words in err


def test_a_row_that_is_no_question_is_named(run, versions, tmp_path):
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "q.jsonl").write_text('{"_id": "q1"}\n[]\n', "utf-8")

    code, _, err = run("diff", *versions, "--gold", tmp_path / "gold")

    assert code == 2
    assert "q.jsonl 第 2 行" in err


def test_clauses_of_rules_are_found_however_deep(tmp_path):
    (tmp_path / "rent.yaml").write_text(
        "all_of:\n  - fact: months\n    clause: d__art_3\namount:\n  values:\n"
        "    2025-01-01: {value: 1, clause: d__art_5}\n",
        "utf-8",
    )

    found = [(use.name, use.clause_id) for use in uses_in_benefits(tmp_path)]

    assert found == [("rent", "d__art_3"), ("rent", "d__art_5")]
    assert uses_in_benefits(tmp_path / "none") == ()


def test_every_clause_has_a_name_that_people_use():
    text = "办法\n引言。\n第一章 总则\n第一条 甲。\n第十七条之一 下列：\n（二）乙：\n1、丙。\n丁。"
    parsed = parse_source(text, Origin("d", "d", "0"))

    assert [label(one) for one in parsed.clauses] == [
        "全文", "题名", "第一段", "第一章 总则", "第一条", "第十七条之一", "第十七条之一第一款",
        "第十七条之一第一款第（二）项", "第十七条之一第一款第（二）项第一目", "第十七条之一第二款",
    ]  # fmt: skip
