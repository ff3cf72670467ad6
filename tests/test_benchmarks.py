"""The benchmark scripts run on a small folder and their figures are those one can count."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

EVAL = Path(__file__).parent.parent / "eval"
ARTICLES = ("支持企业融资", "支持药物临床试验", "建设园区载体", "奖励专利", "补贴人才住房")


def rows(path, made):
    lines = [json.dumps(one, ensure_ascii=False) for one in made]
    path.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture
def folder(tmp_path):
    rows(
        tmp_path / "corpus.jsonl",
        [
            {"_id": f"d{n}", "title": f"第{n}条", "text": f"{text}。"}
            for n, text in enumerate(ARTICLES)
        ],
    )
    rows(tmp_path / "queries.dev.jsonl", [
        {"_id": "q0", "text": "企业融资", "doc_id": "d0", "answer": "支持企业融资"},
        {"_id": "q1", "text": "园区载体", "doc_id": "d3", "answer": "奖励专利"},
    ])  # fmt: skip
    return tmp_path


def run(*words):
    command = [sys.executable, *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


def cells(line):
    return [one.strip() for one in line.strip("|").split("|")]


def test_peers_measures_articles_by_their_judgements(folder):
    judged = "query-id\tcorpus-id\tscore\nq0\td0\t1\nq1\td3\t1\n"
    (folder / "qrels.dev.tsv").write_text(judged, "utf-8")

    done = run(EVAL / "peers" / "run.py", folder, "--systems", "ours", "--k", 1)

    head, names, _, ours = done.stdout.splitlines()
    assert head.startswith("5 documents, 5 passages")
    assert cells(names)[:4] == ["system", "R@10", "R@100", "RR@10"]
    assert cells(ours)[:4] == ["ours", "0.500", "0.500", "0.500"]


def test_peers_measures_passages_that_cover_the_answer(folder):
    done = run(EVAL / "peers" / "run.py", folder, "--systems", "ours", "--k", 1)

    names, _, ours = done.stdout.splitlines()[1:]
    assert cells(names)[1:5] == ["Success@1", "Success@5", "Success@10", "1500 ch"]
    assert cells(ours)[1:5] == ["0.500"] * 4


def test_bench_scale_prints_a_line_a_size(folder):
    many = [{"_id": f"d{n}", "text": f"第一条 支持企业{n}。"} for n in range(60)]
    rows(folder / "corpus.jsonl", many)
    corpus, queries = folder / "corpus.jsonl", folder / "queries.dev.jsonl"

    done = run(EVAL / "bench_scale.py", corpus, queries, "--sizes", 20, 60)

    names, _, *lines = done.stdout.splitlines()
    assert "one change s" in names
    assert [cells(line)[0] for line in lines] == ["20.0", "60.0"]
    assert all(float(one.replace(",", "")) >= 0 for line in lines for one in cells(line))


def test_bench_added_counts_answers_and_what_is_declined_without_the_notice(folder):
    done = run(EVAL / "bench_added.py", folder)

    counted = {line[:18].strip(): line.split()[-4:] for line in done.stdout.splitlines()}
    shares = [float(counted[one][0]) for one in ("right", "wrong", "declined")]
    assert sum(shares) == pytest.approx(1.0)
    assert {line[-1] for line in counted.values()} == {"2"}
    assert 0 <= float(counted["rightly declined"][0]) <= 1


@pytest.mark.parametrize("script", ["peers/run.py", "bench_scale.py", "bench_added.py"])
def test_a_folder_that_is_not_there_is_said(script, tmp_path):
    done = run(EVAL / script, tmp_path / "none")

    assert done.returncode != 0
    assert "Traceback" not in done.stderr
