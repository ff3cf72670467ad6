"""`assistant check` and `assistant rules`: records, files, exit codes."""

import json
import shutil
import sys

import pytest

from assistant.cli import main
from assistant.settings import PACKAGE_DIR
from tests.tiny_rules import FOLDER

FACTS = {"hightech": "valid", "first_time": True, "newly_settled": True, "staff_count": -3}


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs a command on the small rules: (exit code, stdout, stderr)."""
    monkeypatch.setenv("ASSISTANT_RULES_DIR", str(FOLDER))
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["assistant", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            main()
        printed = capsys.readouterr()
        return caught.value.code or 0, printed.out, printed.err

    return call


@pytest.fixture
def profile_file(tmp_path):
    path = tmp_path / "firm.json"
    path.write_text(json.dumps(FACTS), "utf-8")
    return path


def test_check_json_is_the_record_of_the_contract(run, profile_file):
    code, out, err = run("check", "--profile", profile_file, "--as-of", "2026-06-30", "--json")

    record = json.loads(out)
    assert (code, err) == (0, "")
    assert {"as_of", "facts", "verdicts", "combination", "ask_next", "notices"} <= set(record)
    assert "职工人数" in record["notices"][0]
    by_id = {one["benefit"]: one for one in record["verdicts"]}
    award = by_id["first_award"]
    assert award["verdict"] == "eligible"
    assert (award["amount"]["value"], award["amount"]["unit"]) == (250000, "CNY")
    assert award["period"] == {
        "from": "2024-01-01",
        "to": "2026-12-31",
        "clause_id": "park__h1_1__h3_1",
        "quote": "本办法自2024年1月1日起施行，有效期至2026年12月31日",
    }
    assert by_id["equipment"]["route"] == {"text": "线上申报", "clause_id": None, "quote": None}
    assert by_id["old_award"]["findings"][0]["truth"] == "false"
    assert all(
        finding["clause_id"] and finding["quote"]
        for one in record["verdicts"]
        for finding in one["findings"]
    )
    assert record["combination"]["benefits"] == ["rent", "first_award"]
    assert record["combination"]["left_out"][0]["benefit"] == "settling"
    assert record["ask_next"]["options"][-1] == "不清楚"


def test_a_verdict_of_a_digest_says_that_it_is_one(run, monkeypatch):
    monkeypatch.setenv("ASSISTANT_RULES_DIR", str(PACKAGE_DIR.parent / "corpus"))
    code, out, _ = run("check", "--profile", "职工86人", "--as-of", "2026-06-30", "--json")

    by_id = {one["benefit"]: one for one in json.loads(out)["verdicts"]}
    assert code == 0
    told = by_id["device_first_certificate_2024"]["notices"]
    assert any("为摘编，非官方原文" in one for one in told)
    assert not any("摘编" in one for one in by_id["plan_land"]["notices"])


def test_check_prints_the_same_bytes_twice(run, profile_file):
    arguments = ("check", "--profile", profile_file, "--as-of", "2026-06-30", "--json")

    assert run(*arguments) == run(*arguments)


def test_check_shows_verdicts_with_clauses_and_the_next_question(run, profile_file):
    code, out, _ = run("check", "--profile", profile_file, "--as-of", "2026-06-30")

    assert code == 0
    assert "【符合】" in out
    assert "已于 2023-12-31 失效" in out
    assert "[park__h1_3__h3_2]" in out
    assert "下一个问题：" in out


def test_check_writes_to_a_file(run, profile_file, tmp_path):
    code, out, _ = run("check", "--profile", profile_file, "--output", tmp_path / "out.json")

    assert (code, out) == (0, "")
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))["verdicts"]


def test_check_of_many_rows_keeps_their_order_and_goes_on_after_a_bad_one(run, tmp_path):
    rows = [
        {"_id": "a", "profile": {"newly_settled": True}, "as_of": "2026-06-30"},
        {"_id": "b"},
        {"_id": "c", "profile": {}, "as_of": "soon"},
        {"_id": "d", "profile": {}},
    ]
    path, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\nnonsense\n", "utf-8")
    code, _, _ = run("check", "--input", path, "--output", output, "--as-of", "2026-01-01")

    made = [json.loads(one) for one in output.read_text("utf-8").splitlines()]
    assert code == 0
    assert [one.get("_id") for one in made] == ["a", "b", "c", "d", None]
    assert [one.get("status") for one in made] == [None, "error", "error", None, "error"]
    assert (made[0]["as_of"], made[3]["as_of"]) == ("2026-06-30", "2026-01-01")


@pytest.mark.usefixtures("profile_file")
@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", "--profile", ""),
        ("check", "--profile", "broken.json"),
        ("check", "--profile", "firm.json", "--rules", "nowhere"),
        ("rules", "draft", "nothing"),
    ],
)
def test_a_mistake_of_the_caller_is_one_line_and_exit_2(run, tmp_path, arguments):
    (tmp_path / "broken.json").write_text("{", "utf-8")
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert err.startswith("错误：")
    assert len(err.strip().splitlines()) == 1


def test_rules_check_passes_on_rules_that_the_corpus_bears_out(run):
    code, out, _ = run("rules", "check")

    assert code == 0
    assert "全部通过" in out


def test_rules_check_fails_on_a_broken_rule(run, tmp_path):
    folder = tmp_path / "rules"
    shutil.copytree(FOLDER, folder)
    path = folder / "benefits" / "fair.yaml"
    path.write_text(path.read_text("utf-8").replace("每次给予2万元", "每次给予3万元"), "utf-8")
    code, out, _ = run("rules", "check", "--rules", folder, "--json")

    record = json.loads(out)
    assert code == 1
    assert {one["file"] for one in record["problems"]} == {"fair.yaml"}


def test_rules_draft_proposes_amounts_that_never_say_yes(run):
    code, out, _ = run("rules", "draft", "park")

    assert code == 0
    assert "percent: 20" in out
    assert "of: 待定（设备投资）" in out
    assert "soft: true" in out
    assert out.count("expert: true") == out.count("benefit: park_")


def test_a_description_in_words_is_read_and_what_was_told_twice_is_asked_for(run):
    words = "我们是罗店的公司，去年研发投入八百到九百万，高企在有效期。职工人数86人。职工人数120人"
    code, out, _ = run("check", "--profile", words, "--as-of", "2026-06-30", "--json")

    record = json.loads(out)
    facts = {one["fact"]: one for one in record["facts"]}
    assert code == 0
    assert "staff_count" not in facts
    assert facts["region"]["value"] == ["baoshan"]
    assert facts["region"]["read_from"] == "罗店"
    assert record["notices"] == ["前后不一致，请核对：“职工人数86人”；“职工人数120人”"]
    assert record["ask_next"]["fact"] == "staff_count"
    assert record["ask_next"]["options"] == ["职工人数86人", "职工人数120人", "不清楚"]
