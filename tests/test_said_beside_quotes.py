"""No answer quotes a text that is not plainly in force on its day without saying so.

Over the questions of `eval/` on the whole corpus, with invented official texts beside it that
expired, were replaced, or are not in force yet; on days before, between and after their dates.
What must be said is worked out here from the manifest's own lines, not by the program's code.
"""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from assistant.answering.turns import parse_history
from assistant.batch import clause_row, clause_words, found
from assistant.pipeline import Assistant
from assistant.retrieval.store import build_index
from assistant.schema import DocStatus
from assistant.settings import Settings
from tests.desk_client import client_of

ROOT = Path(__file__).parent.parent
FILES = (
    "gold/digests/c1.jsonl",
    "gold/digests/c3.jsonl",
    "gold/digests/traps.jsonl",
    "gold/plan/plan_dev.jsonl",
)
DAYS = (date(2022, 6, 30), date(2024, 5, 15), date(2024, 10, 24), date(2026, 3, 31),
        date(2026, 11, 25))  # fmt: skip
EVERY = 8
"""Of the questions, in the quick run."""
OFFICIALS = [
    {"file": "o/expired.txt", "doc_id": "o_expired", "kind": "official", "level": "district",
     "title": "测试区灯塔工厂资助办法", "effective_on": "2021-01-01", "expires_on": "2023-12-31"},
    {"file": "o/old.txt", "doc_id": "o_old", "kind": "official", "level": "district",
     "title": "测试区海绵校园管理办法", "effective_on": "2020-01-01", "replaced_by": ["o_new"]},
    {"file": "o/new.txt", "doc_id": "o_new", "kind": "official", "level": "district",
     "title": "测试区海绵校园管理规定", "effective_on": "2024-10-24"},
    {"file": "o/repealed.txt", "doc_id": "o_repealed", "kind": "official", "level": "district",
     "title": "测试区夜间经济补贴办法", "effective_on": "2020-01-01", "repealed_on": "2026-01-01"},
]  # fmt: skip
TEXTS = {
    "o/expired.txt": "测试区灯塔工厂资助办法\n第一条　对灯塔工厂一次性资助八十八万元。\n",
    "o/old.txt": "测试区海绵校园管理办法\n第一条　海绵校园每平方米补助六十六元。\n",
    "o/new.txt": "测试区海绵校园管理规定\n第一条　海绵校园每平方米补助九十九元。\n",
    "o/repealed.txt": "测试区夜间经济补贴办法\n第一条　夜间经济街区每年补贴七十七万元。\n",
}
OWN = ("测试区灯塔工厂一次性资助多少？", "海绵校园每平方米补助多少元？",
       "夜间经济街区每年补贴多少？", "测试区海绵校园管理办法第一条",
       "测试区灯塔工厂资助办法现在还有效吗？",
       "测试区夜间经济补贴办法第一条的原文是什么？",
       "测试区海绵校园管理规定第一条的原文是什么？")  # fmt: skip
SAID = {  # one of the words must stand in a notice that names the document
    "digest": ("摘编",),
    "draft": ("送审稿", "征求意见稿", "不是正式印发", "起草"),
    "not_yet": ("尚未施行",),
    "ended": ("失效", "期满", "废止", "替代"),
}


@pytest.fixture(scope="module")
def assistant(tmp_path_factory) -> Assistant:
    folder = tmp_path_factory.mktemp("whole")
    corpus = folder / "corpus"
    shutil.copytree(ROOT / "corpus", corpus)
    (corpus / "o").mkdir()
    for name, text in TEXTS.items():
        (corpus / name).write_text(text, "utf-8")
    with (corpus / "manifest.jsonl").open("a", encoding="utf-8") as stream:
        stream.writelines(json.dumps(one, ensure_ascii=False) + "\n" for one in OFFICIALS)
    settings = Settings(
        corpus_dir=corpus, index_dir=folder / "index", state_dir=folder / "state", rules_dir=corpus
    )
    build_index(settings)
    return Assistant.open(settings)


@pytest.fixture(scope="module")
def rows(assistant) -> dict[str, dict]:
    """The manifest as it is written, by document."""
    text = (assistant.settings.corpus_dir / "manifest.jsonl").read_text("utf-8")
    return {row["doc_id"]: row for row in map(json.loads, text.splitlines())}


def states(row: dict, day: date, rows: dict[str, dict]) -> set[str]:
    """What a reader of the manifest knows the document to be on the day, besides in force."""
    words, found = row.get("status_words") or "", set()
    if row["kind"] == "digest":
        found.add("digest")
    if row["kind"] == "draft" or any(one in words for one in ("送审稿", "征求意见稿", "起草")):
        return found | {"draft"}
    begins, ends, gone = (
        date.fromisoformat(row[key]) if row.get(key) else None
        for key in ("effective_on", "expires_on", "repealed_on")
    )
    successors = [rows[one] for one in row.get("replaced_by") or () if one in rows]
    taken = [date.fromisoformat(one["effective_on"]) for one in successors if one["effective_on"]]
    if begins and day < begins:
        return found | {"not_yet"}
    if (ends and day > ends) or (gone and day >= gone) or any(day >= one for one in taken):
        found.add("ended")
    return found


def questions() -> list[dict]:
    lines = [
        json.loads(line)
        for name in FILES
        for line in (ROOT / "eval" / name).read_text("utf-8").splitlines()
    ]
    return [*lines, *({"text": one} for one in OWN)]


def unsaid(answer, rows: dict[str, dict]) -> list[str]:
    """What the answer quotes and does not say, of its citations and its verdicts."""
    missing = []
    for citation in answer.citations:
        row = rows[citation.doc_id]
        found = states(row, answer.as_of, rows)
        told = [one for one in answer.notices if citation.doc_title in one]
        for state in found:
            if not any(word in one for word in SAID[state] for one in told):
                missing.append(f"{citation.doc_id} is {state}: {answer.notices}")
        if found and citation.doc_status is DocStatus.IN_FORCE:
            missing.append(f"{citation.doc_id} is {found}, shown as in force")
        if "digest" in found and citation.doc_status is not DocStatus.DIGEST:
            missing.append(f"{citation.doc_id} is a digest, shown as {citation.doc_status}")
    for verdict in answer.verdicts:
        for finding in verdict.findings:
            row = rows[finding.source.clause_id.split("__")[0]]
            for state in states(row, answer.as_of, rows):
                told = [one for one in verdict.notices if row["title"] in one]
                if not any(word in one for word in SAID[state] for one in told):
                    missing.append(f"verdict {verdict.benefit}: {row['doc_id']} is {state}")
    return missing


def check(assistant, rows, asked: list[dict]) -> tuple[int, int]:
    cited = 0
    for row in asked:
        history = parse_history(row.get("history") or None)
        for day in DAYS:
            answer = assistant.ask(row["text"], as_of=day, history=history)
            assert unsaid(answer, rows) == [], f"{row['text']} on {day}"
            cited += len(answer.citations)
    return len(asked) * len(DAYS), cited


def test_what_is_quoted_is_said_to_be_what_it_is_on_its_day(assistant, rows):
    asked = questions()
    answers, cited = check(assistant, rows, [*asked[::EVERY], *asked[-len(OWN) :]])
    assert answers > 400
    assert cited > 300


@pytest.mark.slow
def test_the_same_of_every_question(assistant, rows):
    answers, cited = check(assistant, rows, questions())
    assert answers > 3800
    assert cited > 3000


def test_the_invented_texts_are_quoted_in_each_of_their_states(assistant, rows):
    """So that the test above has something to find."""
    seen = set()
    for text in OWN:
        for day in DAYS:
            answer = assistant.ask(text, as_of=day)
            seen |= {
                state
                for one in answer.citations
                if one.doc_id.startswith("o_")
                for state in states(rows[one.doc_id], day, rows) or {"in_force"}
            }
    assert seen >= {"ended", "in_force", "not_yet"}


LABELS = {
    "digest": "摘编",
    "draft": "未正式印发|送审稿|征求意见稿|起草",
    "not_yet": "尚未施行",
    "ended": "已失效|已废止|已被替代",
}


def test_what_is_found_and_any_clause_say_what_they_are_on_their_day(assistant, rows):
    told = 0
    for row in [*questions()[::EVERY], *questions()[-len(OWN) :]]:
        for day in DAYS:
            for hit in found(assistant, row["text"], 5, day)["hits"]:
                of = states(rows[hit["doc_id"]], day, rows)
                for state in of:
                    assert re.search(LABELS[state], hit["force_label"]), (hit["doc_id"], day)
                assert not (of and hit["doc_status"] == "in_force")
                told += bool(of)
    assert told > 1000
    clause = assistant.find_clauses("测试区灯塔工厂资助办法第一条")[0]
    assert "（已失效）" in clause_words(clause_row(assistant, clause, date(2026, 11, 25)))
    assert "（现行有效）" in clause_words(clause_row(assistant, clause, date(2022, 6, 30)))


@pytest.mark.slow
def test_the_page_of_a_clause_and_what_is_copied_from_it_say_it_too(assistant, rows):
    client, _ = client_of(assistant.settings)
    for doc_id, row in rows.items():
        clause = assistant.clauses_of(doc_id)[-1].clause_id
        for day in DAYS:
            shown = client.get("/desk", params={"clause": clause, "day": day.isoformat()}).text
            citation = re.search(r'data-copy="(《[^"]*)"', shown)
            assert citation is not None, doc_id
            for state in states(row, day, rows):
                assert re.search(LABELS[state], citation[1]), (doc_id, day)


def test_who_asks_for_itself_is_told_what_each_verdict_rests_on(assistant, rows):
    text = "我们是宝山的高新技术企业，2019年成立，职工60人，去年收入3000万元，能拿哪些补贴？"
    for day in DAYS:
        answer = assistant.ask(text, as_of=day)
        assert answer.verdicts
        assert unsaid(answer, rows) == []


def test_the_check_would_notice(assistant, rows):
    from dataclasses import replace

    answer = assistant.ask("夜间经济街区每年补贴多少？", as_of=date(2026, 11, 25))
    assert answer.citations
    assert unsaid(answer, rows) == []
    assert unsaid(replace(answer, notices=()), rows)
    first = replace(answer.citations[0], doc_status=DocStatus.IN_FORCE)
    assert unsaid(replace(answer, citations=(first, *answer.citations[1:])), rows)
