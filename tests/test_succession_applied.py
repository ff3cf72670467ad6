"""A mapping that is applied: everything moves or nothing does, and it can be undone."""

from __future__ import annotations

import json

import pytest
from pydantic import SecretStr

from assistant.checking import rule_problems
from assistant.cli import main
from assistant.corpus.archive import find_gone
from assistant.corpus.register import read_register
from assistant.eligibility.size_rows import SIZES_FILE
from assistant.errors import CorpusError, NotFoundError, UsageError
from assistant.intake.removal import remove
from assistant.pipeline import Assistant
from assistant.retrieval.store import build_index
from assistant.settings import Settings
from assistant.succession.mapping import load_mapping, mapping_text, path_of, read_mapping
from assistant.succession.undoing import undo
from tests.desk_client import Forms, client_of, page, send
from tests.desk_corpus import PASSWORD
from tests.succession_case import (
    ABOUT,
    DOC,
    DRIFT,
    OFFICIAL,
    QUESTIONS,
    decided,
    every_file,
    places_of,
    proposal,
    shelf_of,
    succession,
    succession_settings,
)


@pytest.fixture
def settings(tmp_path) -> Settings:
    return succession_settings(tmp_path)


@pytest.fixture
def texts(settings):
    build_index(settings)
    return Assistant.open(settings).index


def test_rules_questions_links_and_lineage_move_and_the_digest_is_history(settings, texts):
    made = succession(settings, texts, decided(proposal(settings, texts))).apply(ABOUT)

    assert sorted(made.withdrawn_rules) == ["fair", "rent"]
    assert (made.gold, made.withdrawn_gold) == (["g1", "g3"], ["g2"])
    found, problems = rule_problems(settings)
    assert problems == []
    assert {one.document for one in found.benefits} == {DOC}
    equipment = (settings.rules_dir / "benefits" / "equipment.yaml").read_text("utf-8")
    assert "按不超过百分之二十给予支持" in equipment
    assert "park__" not in equipment.replace(f"{DOC}__", "")
    rows = [json.loads(one) for one in
            (settings.gold_dir / "gold" / "a.jsonl").read_text("utf-8").splitlines()]  # fmt: skip
    assert [one["_id"] for one in rows] == ["g1", "g3", "g4"]
    assert rows[1]["evidence"] == [
        {
            "clause_id": [f"{DOC}__ch_1__art_2"],
            "quote": ["对企业的设备投资，按不超过百分之二十给予支持"],
        }
    ]
    assert rows[2] == QUESTIONS[3]

    register = read_register(settings.corpus_dir).rows
    assert "digests/park.md" not in register
    official = register[f"raw/{DOC}.txt"]
    assert (official.doc_no, official.short_titles, official.replaces) == (
        None, ("园区办法",), ("older",)
    )  # fmt: skip
    assert register["raw/other.txt"].replaced_by == (DOC,)

    build_index(settings)
    assistant = Assistant.open(settings)
    assert "park" not in assistant.documents
    with pytest.raises(NotFoundError, match=rf"正式文件（{DOC}）接替.*现为：{DOC}__ch_1__art_2"):
        assistant.locate("park__h1_3__h3_1")
    gone = find_gone(settings.corpus_dir, "park__h1_3__h3_8")
    assert gone is not None
    assert "没有与" in gone.told
    answer = assistant.ask("首次认定为高新技术企业给多少奖励？")
    assert {one.doc_id for one in answer.citations} == {DOC}
    assert not [one for one in answer.notices if "摘编" in one]


def test_one_thing_undecided_and_nothing_is_changed(settings, texts, tmp_path):
    before = every_file(tmp_path)
    plan = succession(settings, texts, proposal(settings, texts)).plan(ABOUT)

    assert plan.refused
    assert every_file(tmp_path) == before


def test_words_that_lost_a_figure_change_nothing(settings, texts, tmp_path):
    mapping = decided(proposal(settings, texts))
    cut = tuple(
        one.model_copy(update={"becomes": "单个项目原则上"})
        if one.quote == "每个项目原则上最高500万元" else one for one in mapping.quotes
    )  # fmt: skip
    assert cut != mapping.quotes
    before = every_file(tmp_path)

    with pytest.raises(UsageError, match=r"没有 500万。没有作任何改动"):
        succession(settings, texts, mapping.model_copy(update={"quotes": cut})).apply(ABOUT)
    assert every_file(tmp_path) == before


def test_a_folder_that_cannot_be_written_leaves_everything_as_it_was(settings, texts, tmp_path):
    made = succession(settings, texts, decided(proposal(settings, texts)))
    (settings.corpus_dir / "archive").write_text("不是文件夹", "utf-8")
    before = every_file(tmp_path)

    with pytest.raises(CorpusError, match="没有作任何改动"):
        made.apply(ABOUT)
    assert every_file(tmp_path) == before


def test_the_commands_lead_from_the_pair_to_the_change(settings, monkeypatch, capsys):
    def run(*arguments: str) -> tuple[int, str, str]:
        for name in ("corpus_dir", "index_dir", "state_dir", "rules_dir", "gold_dir"):
            monkeypatch.setenv(f"ASSISTANT_{name.upper()}", str(getattr(settings, name)))
        monkeypatch.setattr("sys.argv", ["assistant", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    assert f"park ← {DOC}" in run("digest", "list")[1]
    assert "assistant digest map park" in run("index")[2]
    assert run("digest", "check", "park")[0] == 2  # no mapping yet
    assert run("digest", "map", DOC, "park")[0] == 2  # the wrong way round
    assert run("digest", "map", "park", DOC)[0] == 0
    code, out, _ = run("digest", "check", "park")
    assert (code, "30万" in out) == (1, True)
    code, out, _ = run("digest", "apply", "park")
    assert (code, "没有作任何改动" in out) == (1, True)
    code, _, err = run("digest", "map", "park", DOC)
    assert (code, "--anew" in err) == (2, True)

    path = path_of(settings.corpus_dir, "park")
    path.write_text(mapping_text(decided(load_mapping(settings.corpus_dir, "park"))), "utf-8")
    assert run("digest", "check", "park")[0] == 0
    code, out, _ = run("digest", "apply", "park", "--dry-run")
    assert (code, "收起规则 rent" in out) == (0, True)
    assert (settings.corpus_dir / "digests" / "park.md").exists()
    assert run("digest", "apply", "park")[0] == 0
    assert run("rules", "check")[0] == 0
    code, _, err = run("clause", "park__h1_3__h3_2")
    assert (code, f"{DOC}__ch_1__art_3__para_1" in err) == (2, True)
    code, _, err = run("restore", "park")
    assert (code, "assistant digest undo park" in err) == (2, True)
    code, out, _ = run("digest", "undo", "park")
    assert (code, f"正式文件 {DOC} 仍在" in out) == (0, True)
    assert run("index")[0] == 0
    assert run("rules", "check")[0] == 0
    assert run("clause", "park__h1_3__h3_2")[0] == 0
    assert run("digest", "undo", "park")[0] == 2


SIZES = """# 由人核对
- trade: software
  facts: [staff_count]
  large: {limits: [500], clause: park__h1_2__h3_2, quote: 职工不少于20人，且不超过500人}
"""


def test_the_limits_of_size_move_too_and_cannot_be_put_aside(settings, texts):
    path = settings.rules_dir / SIZES_FILE
    path.write_text(SIZES, "utf-8")
    mapping = decided(proposal(settings, texts))
    with pytest.raises(UsageError, match="划型界限以它为依据，不能移出"):
        remove(shelf_of(settings), places_of(settings), texts, "park", ABOUT)

    gone = mapping.model_copy(
        update={
            "quotes": tuple(
                one.model_copy(update={"to": None, "becomes": None, "withdraw": DRIFT})
                if one.clause == "park__h1_2__h3_2"
                else one
                for one in mapping.quotes
            )
        }
    )
    refused = succession(settings, texts, gone).plan(ABOUT).refused
    assert any("界限不能收起" in one for one in refused)

    made = succession(settings, texts, mapping).apply(ABOUT)
    assert "sizes" in made.rules
    assert f"clause: {DOC}__ch_2__art_6" in path.read_text("utf-8")
    assert path.read_text("utf-8").startswith("# 由人核对\n")
    assert rule_problems(settings)[1] == []
    undo(shelf_of(settings), places_of(settings), "park")
    assert path.read_text("utf-8") == SIZES


def lines_of(files: dict[str, bytes]) -> dict[str, list[str]]:
    """Questions that were put aside come back at the end of their file, keys of a row in order."""
    return {
        name: sorted(
            json.dumps(json.loads(line), sort_keys=True) if name.endswith(".jsonl") else line
            for line in raw.decode().splitlines()
        )
        for name, raw in files.items()
    }


def test_a_succession_that_is_undone_leaves_everything_as_it_was(settings, texts, tmp_path):
    mapping = decided(proposal(settings, texts))
    path = path_of(settings.corpus_dir, "park")
    path.parent.mkdir()
    path.write_text(mapping_text(mapping), "utf-8")
    before = every_file(tmp_path)
    succession(settings, texts, mapping).apply(ABOUT)
    assert lines_of(every_file(tmp_path)) != lines_of(before)

    kept = undo(shelf_of(settings), places_of(settings), "park")

    assert kept.successor == DOC
    assert lines_of(every_file(tmp_path)) == lines_of(before)
    assert rule_problems(settings)[1] == []
    build_index(settings)
    assert "park" in Assistant.open(settings).documents
    with pytest.raises(NotFoundError, match="没有由正式文件接替的摘编"):
        undo(shelf_of(settings), places_of(settings), "park")


def edited_rule(settings: Settings) -> None:
    path = settings.rules_dir / "benefits" / "equipment.yaml"
    path.write_text(path.read_text("utf-8") + "# 由人改过\n", "utf-8")


def edited_question(settings: Settings) -> None:
    path = settings.gold_dir / "gold" / "a.jsonl"
    path.write_text(path.read_text("utf-8").replace("二选一", "三选一"), "utf-8")


def edited_row(settings: Settings) -> None:
    path = settings.corpus_dir / "manifest.jsonl"
    path.write_text(path.read_text("utf-8").replace("园区办法", "甲园区办法"), "utf-8")


def taken_place(settings: Settings) -> None:
    (settings.corpus_dir / "digests" / "park.md").write_text("甲\n", "utf-8")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (edited_rule, r"equipment\.yaml 在接替以后又改过"),
        (edited_question, r"a\.jsonl 里接替时改写的题又改过"),
        (edited_row, "的登记在接替以后又改过"),
        (taken_place, r"已另有 .*park\.md"),
    ],
)
def test_what_a_person_changed_since_keeps_a_succession_from_being_undone(
    settings, texts, tmp_path, change, words
):
    succession(settings, texts, decided(proposal(settings, texts))).apply(ABOUT)
    change(settings)
    before = every_file(tmp_path)

    with pytest.raises(UsageError, match=words):
        undo(shelf_of(settings), places_of(settings), "park")

    assert every_file(tmp_path) == before


@pytest.fixture
def desk(settings):
    """Staff at the desk of the corpus before the official text has come."""
    (settings.corpus_dir / "raw" / f"{DOC}.txt").unlink()
    manifest = settings.corpus_dir / "manifest.jsonl"
    kept = [one for one in manifest.read_text("utf-8").splitlines() if f"raw/{DOC}" not in one]
    manifest.write_text("".join(f"{one}\n" for one in kept), "utf-8")
    settings = settings.model_copy(update={"admin_password": SecretStr(PASSWORD)})
    client, keeper = client_of(settings)
    client.post("/desk/login", data={"who": "王一", "password": PASSWORD})
    return client, keeper, settings


def test_an_upload_that_looks_like_the_official_text_leads_to_the_change(desk):
    client, keeper, settings = desk
    shown = client.get(send(client, f"{DOC}.txt", OFFICIAL).headers["location"]).text
    assert "看来是摘编《甲园区扶持办法》（park）的正式文件" in shown
    client.post("/desk/confirm", data=Forms(shown).values)
    assert keeper.rebuilder.wait(60).state == "done"
    query = {"digest": "park", "official": DOC}
    assert f"digest=park&amp;official={DOC}" in page(client, "/desk/manage")

    text = page(client, "/desk/succession", **query)
    assert "最接近的是" in text
    assert "还不能替换" in text
    assert 'value="apply"' not in text
    fields = Forms(text).values
    forced = client.post("/desk/succession", data={**fields, "act": "apply"})
    assert (forced.status_code, "没有作任何改动" in forced.text) == (400, True)
    broken = client.post("/desk/succession", data={**fields, "mapping": "[", "act": "save"})
    assert (broken.status_code, "不是 YAML" in broken.text) == (400, True)

    made = mapping_text(decided(read_mapping(fields["mapping"], "x")))
    saved = client.post("/desk/succession", data={**fields, "mapping": made, "act": "save"})
    assert saved.status_code == 303
    text = page(client, "/desk/succession", **query)
    assert "核对通过" in text
    assert "收起规则 rent" in text
    done = client.post("/desk/succession", data={**Forms(text).values, "act": "apply"})
    assert done.status_code == 303
    assert keeper.rebuilder.wait(60).state == "done"

    moved = client.get("/desk", params={"clause": "park__h1_3__h3_2"})
    assert moved.status_code == 303
    text = client.get(moved.headers["location"]).text
    assert "首次被认定为高新技术企业的" in text
    assert "现为本条" in text
    assert "接替了摘编《甲园区扶持办法》" in page(client, "/desk/document", id=DOC)
    kept = client.get("/desk/document", params={"id": "park"})
    assert (kept.status_code, "参加展会的，每次给予2万元" in kept.text) == (410, True)
    for path in ("/api/documents/park", "/api/clauses/park__h1_3__h3_2"):
        told = client.get(path)
        assert (told.status_code, "接替" in told.json()["error"]["message"]) == (404, True)
    gone = client.get("/desk", params={"clause": "park__h1_3__h3_8"})
    assert (gone.status_code, "没有与" in gone.text) == (410, True)
    assert rule_problems(settings)[1] == []
    log = (settings.state_dir / "audit.jsonl").read_text("utf-8").splitlines()
    actions = [json.loads(one)["action"] for one in log]
    assert actions[-3:] == ["map", "map", "succeed"]
    assert client.get("/desk/succession", params=query).status_code == 404


def test_two_documents_that_are_no_pair_have_no_mapping(desk):
    client, _, _ = desk
    found = client.get("/desk/succession", params={"digest": "park", "official": "other"})
    assert (found.status_code, "文号或题名不同" in found.text) == (400, True)
