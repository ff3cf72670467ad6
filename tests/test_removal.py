"""A document goes with what relies on it, is kept aside, can be put back, and its links tell."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.corpus import scan_corpus
from assistant.corpus.archive import find_gone, kept_documents
from assistant.corpus.register import read_register
from assistant.errors import CorpusError, NotFoundError, UsageError
from assistant.intake.filing import Shelf
from assistant.intake.removal import Places, dependents_of, remove, restore
from assistant.pipeline import Assistant
from assistant.retrieval.store import build_index
from tests.desk_corpus import OLD_TEXT, make_corpus

AT = datetime(2026, 11, 25, 9, 30, tzinfo=timezone.utc)
ABOUT = (AT, "王五", "区科委来函要求撤下")
RULE = """# 首次认定
benefit: first
document: support_2021
amount:
  parts:
    - {kind: fixed, value: 10, clause: support_2021__art_3, quote: 给予十万元奖励}
"""
OTHER_RULE = "benefit: other\ndocument: support_2024\n"
QUESTIONS = [
    {"_id": "q1", "evidence": [{"clause_id": ["support_2021__art_3"], "quote": ["十万元"]}]},
    {"_id": "q2", "evidence": [{"clause_id": ["support_2024__art_4"], "quote": ["二十万元"]}]},
    {"_id": "q3", "evidence": []},
]


@pytest.fixture
def kept(tmp_path):
    """A corpus that is indexed, a rule and a question that rely on its old version."""
    settings = make_corpus(tmp_path)
    rules, gold = tmp_path / "rules", tmp_path / "eval"
    (rules / "benefits").mkdir(parents=True)
    (gold / "corpus").mkdir(parents=True)
    (rules / "benefits" / "first.yaml").write_text(RULE, "utf-8")
    (rules / "benefits" / "other.yaml").write_text(OTHER_RULE, "utf-8")
    lines = (json.dumps(one, ensure_ascii=False) + "\n" for one in QUESTIONS)
    (gold / "corpus" / "a.jsonl").write_text("".join(lines), "utf-8")
    settings = settings.model_copy(update={"rules_dir": rules, "gold_dir": gold})
    build_index(settings)
    return settings, Shelf(settings.corpus_dir, settings.state_dir), Places(rules, gold)


def every_file(folder: Path) -> dict[str, bytes]:
    return {
        one.relative_to(folder).as_posix(): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file() and "state" not in one.parts and "index" not in one.parts
    }


def test_what_relies_on_a_document_is_told_before(kept):
    settings, _, places = kept
    found = dependents_of("support_2021", Assistant.open(settings).index, places)

    assert (found.rules, found.gold) == (("first",), ("q1",))
    assert [one.doc_id for one in found.links] == ["support_2024"]
    assert len(found.told) == 3


def test_a_removed_document_leaves_the_corpus_with_its_rules_and_questions(kept):
    settings, shelf, places = kept
    remove(shelf, places, Assistant.open(settings).index, "support_2021", ABOUT)

    assert not (settings.corpus_dir / "support_2021.txt").exists()
    assert "support_2021.txt" not in read_register(settings.corpus_dir).rows
    files, failures = scan_corpus(settings.corpus_dir)
    assert {one.doc_id for one in files} == {"support_2024", "carrier"}
    assert failures == []  # the archive is no document and no complaint
    left = sorted(one.name for one in (places.rules_dir / "benefits").iterdir())
    assert left == ["other.yaml", "withdrawn.txt"]
    left = (places.gold_dir / "corpus" / "a.jsonl").read_text("utf-8")
    assert [json.loads(one)["_id"] for one in left.splitlines()] == ["q2", "q3"]
    ((folder, record),) = kept_documents(settings.corpus_dir)
    assert (folder / "support_2021.txt").read_text("utf-8") == OLD_TEXT
    assert (record.rules, record.gold, record.who) == (("first",), ("q1",), "王五")


def test_a_link_to_it_says_when_and_why_it_went(kept):
    settings, shelf, places = kept
    remove(shelf, places, Assistant.open(settings).index, "support_2021", ABOUT)
    build_index(settings)
    assistant = Assistant.open(settings)

    with pytest.raises(NotFoundError, match=r"2026年11月25日移出资料库，原因：区科委来函"):
        assistant.locate("support_2021__art_3__para_2")
    gone = find_gone(settings.corpus_dir, "support_2021__art_3__para_2")
    assert gone is not None
    assert gone.clause is not None
    assert gone.clause.words == "同一企业只能享受一次。"
    assert find_gone(settings.corpus_dir, "support_2024__art_3") is None
    assert assistant.gone("support_2024") is None
    answer = assistant.ask("企业首次认定为高新技术企业的奖励多少？")
    assert "support_2021" not in {one.doc_id for one in answer.citations}


def test_a_removed_document_is_put_back_as_it_was(kept, tmp_path):
    settings, shelf, places = kept
    before = every_file(tmp_path)
    remove(shelf, places, Assistant.open(settings).index, "support_2021", ABOUT)
    restore(shelf, places, "support_2021")

    after = every_file(tmp_path)
    questions = "eval/corpus/a.jsonl"
    put_back = after.pop(questions).decode().splitlines()
    assert sorted(put_back) == sorted(before.pop(questions).decode().splitlines())
    manifest = "corpus/manifest.jsonl"
    assert [json.loads(one)["doc_id"] for one in after.pop(manifest).decode().splitlines()] == [
        json.loads(one)["doc_id"] for one in before.pop(manifest).decode().splitlines()
    ]
    assert after == before
    assert find_gone(settings.corpus_dir, "support_2021") is None
    with pytest.raises(NotFoundError, match="没有移出过"):
        restore(shelf, places, "support_2021")


def test_nothing_is_put_back_over_what_took_its_place(kept):
    settings, shelf, places = kept
    remove(shelf, places, Assistant.open(settings).index, "support_2021", ABOUT)
    (settings.corpus_dir / "support_2021.txt").write_text("别的文件", "utf-8")

    with pytest.raises(UsageError, match="请先移出它"):
        restore(shelf, places, "support_2021")
    assert (settings.corpus_dir / "support_2021.txt").read_text("utf-8") == "别的文件"


def test_a_broken_manifest_keeps_everything_where_it_is(kept, tmp_path):
    settings, shelf, places = kept
    index = Assistant.open(settings).index
    with (settings.corpus_dir / "manifest.jsonl").open("a") as stream:
        stream.write("{\n")
    before = every_file(tmp_path)

    with pytest.raises(CorpusError, match="改正之前不作改动"):
        remove(shelf, places, index, "support_2021", ABOUT)
    assert every_file(tmp_path) == before


def test_what_is_not_there_cannot_be_removed(kept):
    settings, shelf, places = kept
    with pytest.raises(NotFoundError, match="没有文件"):
        remove(shelf, places, Assistant.open(settings).index, "support_1999", ABOUT)


def test_the_commands_remove_and_restore_and_leave_a_record(kept, monkeypatch, capsys):
    settings, *_ = kept

    def run(*arguments: str) -> tuple[int, str, str]:
        for name in ("corpus_dir", "index_dir", "state_dir", "rules_dir", "gold_dir"):
            monkeypatch.setenv(f"ASSISTANT_{name.upper()}", str(getattr(settings, name)))
        monkeypatch.setattr("sys.argv", ["assistant", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    code, out, _ = run("remove", "support_2021", "--reason", "撤下", "--dry-run")
    assert (code, "first" in out, "q1" in out) == (0, True, True)
    assert (settings.corpus_dir / "support_2021.txt").exists()

    assert run("remove", "support_2021", "--reason", "撤下")[0] == 0
    assert not (settings.corpus_dir / "support_2021.txt").exists()
    code, _, err = run("clause", "support_2021__art_3")
    assert (code, "移出资料库，原因：撤下" in err) == (2, True)

    assert run("restore", "support_2021")[0] == 0
    assert "同一企业只能享受一次。" in run("clause", "support_2021__art_3")[1]
    code, _, err = run("restore", "support_2021")
    assert (code, "没有移出过" in err) == (2, True)
    log = (settings.state_dir / "audit.jsonl").read_text("utf-8").splitlines()
    actions = [json.loads(one)["action"] for one in log]
    assert actions == ["remove", "restore", "restore", "restore_failed"]
