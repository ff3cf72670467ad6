"""The command line: what it prints, where, and its exit code."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.cli import main

ITEM_12 = "action_plan_2024_2026_draft__h1_3__h2_3__h3_12"
NUMBER = "到2026年累计培育多少家高新技术企业？"


@pytest.fixture
def run(assistant_on_plan, monkeypatch, capsys):
    """Runs a command on the plan: (exit code, stdout, stderr)."""
    settings = assistant_on_plan.settings
    monkeypatch.setenv("ASSISTANT_CORPUS_DIR", str(settings.corpus_dir))
    monkeypatch.setenv("ASSISTANT_INDEX_DIR", str(settings.index_dir))

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["assistant", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        printed = capsys.readouterr()
        return caught.value.code or 0, printed.out, printed.err

    return call


def test_ask_prints_the_answer_with_its_source(run):
    code, out, err = run("ask", NUMBER)

    assert (code, err) == (0, "")
    assert out.startswith("90 家")
    assert "\n[1] 《" in out
    assert "提示：" in out


def test_ask_json_is_the_record(run):
    code, out, _ = run("ask", NUMBER, "--json", "--as-of", "2026-06-30")

    record = json.loads(out)
    assert code == 0
    assert (record["status"], record["as_of"]) == ("answered", "2026-06-30")
    assert [one["clause_id"] for one in record["citations"]] == [ITEM_12]


def test_ask_with_a_history_file(run, tmp_path):
    path = tmp_path / "history.json"
    path.write_text(json.dumps([{"role": "user", "content": NUMBER}]), "utf-8")

    _, out, _ = run("ask", "专精特新呢？", "--history", path)

    assert out.startswith("50 家")


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", ""),
        ("ask", "问" * 3000),
        ("ask",),
        ("ask", "甲", "--as-of", "昨天"),
        ("ask", "甲", "--history", "/nowhere.json"),
        ("ask", "--input", "/nowhere.jsonl"),
        ("ask", "--input", "/nowhere.jsonl", "--output", "/nowhere.out"),
        ("search", " "),
        ("clause", "第99项"),
        ("outline", "没有"),
    ],
)
def test_a_mistake_is_one_line_on_stderr_and_exit_code_2(run, arguments):
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert err.startswith("错误：")
    assert err.count("\n") == 1


def test_the_module_runs_as_a_program(assistant_on_plan):
    settings = assistant_on_plan.settings
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "ask", ""],
        env={**os.environ, "ASSISTANT_CORPUS_DIR": str(settings.corpus_dir),
             "ASSISTANT_INDEX_DIR": str(settings.index_dir), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "错误：问题是空的，请输入问题。\n"


def test_a_broken_row_of_a_batch_keeps_its_place_and_the_rest_goes_on(run, tmp_path):
    rows, output = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    lines = [
        json.dumps({"_id": "a", "text": NUMBER}).encode(),
        b"{broken",
        b"",
        b"\xff\xfe",
        json.dumps({"_id": 4, "text": ""}).encode(),
        json.dumps({"_id": "e", "text": 5}).encode(),
        json.dumps({"_id": "f", "text": "甲", "as_of": "昨天"}).encode(),
        json.dumps({"_id": "g", "text": "专精特新呢？", "history": [NUMBER]}).encode(),
    ]
    rows.write_bytes(b"\n".join(lines))

    code, out, err = run("ask", "--input", rows, "--output", output)

    made = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert (code, out) == (0, "")
    assert "已处理 7 行" in err
    assert [row.get("_id") for row in made] == ["a", None, None, "4", "e", "f", "g"]
    assert [row["status"] for row in made] == ["answered", *["error"] * 5, "answered"]
    assert len({frozenset(row) - {"_id"} for row in made}) == 1
    assert not output.with_name("out.jsonl.part").exists()


def test_search_and_its_batch_rank_from_one(run, tmp_path):
    rows, output = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    rows.write_text(json.dumps({"_id": "a", "text": "高新技术企业"}) + "\n", "utf-8")

    _, out, _ = run("search", "高新技术企业", "-k", 3, "--json")
    run("search", "-k", 3, "--input", rows, "--output", output)

    hits = json.loads(out)["hits"]
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    assert ITEM_12 in {one for hit in hits for one in hit["clause_ids"]}
    assert json.loads(output.read_text("utf-8"))["hits"] == hits


def test_a_search_says_what_each_document_is_on_its_day(run):
    _, words, _ = run("search", "高新技术企业", "-k", 1)
    _, out, _ = run("search", "高新技术企业", "-k", 1, "--json", "--as-of", "2020-01-01")

    assert "（送审稿）》（未正式印发）" in words.splitlines()[0]
    (hit,) = json.loads(out)["hits"]
    assert (hit["doc_status"], hit["force_label"]) == ("draft", "未正式印发")
    assert hit["doc_title"].startswith("宝山区促进生物医药")


def test_a_broken_row_of_a_search_has_the_shape_of_a_search(run, tmp_path):
    rows, output = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    rows.write_text('{"_id": "a", "text": "企业"}\n{"_id": 2, "text": ""}\nnonsense\n', "utf-8")

    code, _, _ = run("search", "--input", rows, "--output", output)

    good, *bad = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert code == 0
    assert good["hits"]
    assert [(one.get("_id"), one["status"], one["hits"]) for one in bad] == [
        ("2", "error", []),
        (None, "error", []),
    ]
    for one in bad:
        assert set(good) | {"status", "message"} == set(one) | {"_id"}


@pytest.mark.parametrize("command", ["search", "ask"])
def test_the_questions_are_not_overwritten_by_the_answers(run, tmp_path, command):
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"_id": "a", "text": "企业"}\n', "utf-8")
    (tmp_path / "same.jsonl").symlink_to(rows)

    for output in (rows, tmp_path / "same.jsonl"):
        code, _, err = run(command, "--input", rows, "--output", output)
        assert code == 2
        assert "同一个文件" in err

    assert rows.read_text("utf-8") == '{"_id": "a", "text": "企业"}\n'
    assert sorted(one.name for one in tmp_path.iterdir()) == ["rows.jsonl", "same.jsonl"]


def test_a_clause_by_its_address_with_its_neighbours(run):
    _, out, _ = run("clause", "三（三）12", "--json")
    _, words, _ = run("clause", "第12项")

    record = json.loads(out)
    assert record["clause_id"] == ITEM_12
    assert record["before"].endswith("__h2_3__h3_11")
    assert record["after"].endswith("__h2_4__h3_13")
    assert (record["references"], record["defined_terms"]) == ([], [])
    named = "《宝山区促进生物医药产业高质量发展行动方案（2024-2026年）（送审稿）》（未正式印发）"
    assert words.startswith(f"{named}三、重点任务 > （三）产业集群培育 > 12、")
    assert (record["doc_status"], record["force"]) == ("draft", "draft")


@pytest.fixture
def two_rules(run, monkeypatch, tmp_path) -> Path:
    """The index of two documents that both have a 第二条."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("甲", "乙"):
        text = (
            f"{name}市奖励办法\n第一条 本办法所称单位，是指企业。\n"
            "第二条 依照本办法第一条奖励单位。\n"
        )
        (corpus / f"{name}.txt").write_text(text, "utf-8")
    monkeypatch.setenv("ASSISTANT_CORPUS_DIR", str(corpus))
    run("index", "--index", tmp_path / "two")
    return tmp_path / "two"


def test_an_ambiguous_address_is_listed_with_exit_code_2(run, two_rules):
    code, out, err = run("clause", "第二条", "--index", two_rules)
    json_code, record, _ = run("clause", "第二条", "--index", two_rules, "--json")

    assert (code, json_code) == (2, 2)
    assert [line.split("  [")[0] for line in out.splitlines()] == [
        "《乙市奖励办法》（有效性未见）第二条", "《甲市奖励办法》（有效性未见）第二条",
    ]  # fmt: skip
    assert len(err.splitlines()) == 1
    assert "2 个条款" in err
    assert len(json.loads(record)["clauses"]) == 2


def test_a_clause_is_shown_with_what_it_refers_to_and_the_terms_in_it(run, two_rules):
    code, out, _ = run("clause", "甲市奖励办法第二条", "--index", two_rules)

    assert code == 0
    assert "引用：本办法第一条 → 甲__art_1" in out
    assert "定义：单位 → 甲__art_1" in out


def test_an_address_that_does_not_exist_is_refused_with_the_nearest(run, two_rules):
    code, _, err = run("clause", "甲市奖励办法第九条", "--index", two_rules)

    assert code == 2
    assert "最接近的是第2条" in err


def test_an_answer_from_one_of_several_documents_says_so(run, two_rules):
    _, out, _ = run("ask", "第二条的原文是什么？", "--index", two_rules)

    assert "没有写明是哪份文件：以上出自《乙市奖励办法》，《甲市奖励办法》也有这个编号。" in out


def test_the_outline_indents_by_depth_and_its_json_holds_the_text(run):
    _, out, _ = run("outline")
    _, text, _ = run("outline", "action_plan_2024_2026_draft", "--json")

    assert f"\n      12、培育多梯次科技企业集群  [{ITEM_12}]\n" in out
    record = json.loads(text)
    assert "".join(one["own_text"] for one in record["clauses"]) == record["text"]


def test_index_reports_what_it_took_and_what_it_could_not(run, tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "甲.txt").write_text("甲区办法\n一、总则\n支持创新药物。\n", "utf-8")
    (corpus / "坏.pdf").write_bytes(b"%PDF broken")

    code, out, err = run("index", "--corpus", corpus, "--index", tmp_path / "index", "--json")

    record = json.loads(out)
    assert (code, record["documents"], record["reused"]) == (0, 1, 0)
    assert [one["source"] for one in record["failures"]] == ["坏.pdf"]
    assert err.startswith("未收录 坏.pdf：")


def run_main(*arguments: str, cwd) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "assistant", *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "arguments", [("search", "高企", "-k", "0"), ("clause",), ("nothing",), ("ask", "--jsn", "x")]
)
def test_a_mistake_of_the_caller_is_one_line_and_exit_code_2(arguments, tmp_path):
    done = run_main(*arguments, cwd=tmp_path)

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr


def test_a_stale_index_is_rebuilt_from_its_own_corpus(tmp_path):
    corpus = tmp_path / "own"
    corpus.mkdir()
    text = corpus / "甲.txt"
    text.write_text("甲区办法\n一、目标\n1、加氢站。建成12座加氢站。\n", "utf-8")
    other = tmp_path / "corpus" / "raw"
    other.mkdir(parents=True)
    (other / "乙.txt").write_text("乙区办法\n一、目标\n1、绿地。建成3座公园。\n", "utf-8")
    run_main("index", "--corpus", str(corpus), "--index", "i", cwd=tmp_path)
    text.write_text(text.read_text("utf-8") + "2、充电桩。建成900个充电桩。\n", "utf-8")

    done = run_main("outline", "--index", "i", cwd=tmp_path)

    assert "充电桩" in done.stdout
    assert "公园" not in done.stdout


def test_a_row_that_cannot_be_written_or_is_too_deep_leaves_the_rest(tmp_path):
    (tmp_path / "corpus" / "raw").mkdir(parents=True)
    text = "甲区办法\n一、目标\n1、加氢站。建成12座。\n"
    (tmp_path / "corpus" / "raw" / "甲.txt").write_text(text, "utf-8")
    deep = '{"_id": "b", "text": "x", "history": ' + "[" * 100_000 + "]" * 100_000 + "}"
    rows = ['{"_id": "a", "text": "\\ud800"}', deep, '{"_id": "c", "text": "加氢站建成几座"}']
    (tmp_path / "q.jsonl").write_text("\ufeff" + "\n".join(rows) + "\n", "utf-8")

    done = run_main("ask", "--input", "q.jsonl", "--output", "r.jsonl", cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    made = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text("utf-8").splitlines()]
    assert [one["status"] == "error" for one in made] == [True, True, False]
