"""An official text takes its digest's place: proposed, checked, applied whole or not at all.

The digest and rules are those of `tests/rules`; the official text is invented here: the same facts
in other words and another order, the rent of another height, the fair not in it at all.
"""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timezone
from pathlib import Path

import pytest
from pydantic import SecretStr

from assistant.checking import rule_problems
from assistant.cli import main
from assistant.corpus.archive import find_gone
from assistant.corpus.register import read_register
from assistant.errors import CorpusError, NotFoundError, UsageError
from assistant.intake.filing import Shelf
from assistant.intake.reliance import reliances
from assistant.intake.removal import Places
from assistant.pipeline import Assistant
from assistant.retrieval.store import build_index
from assistant.settings import Settings
from assistant.succession.applying import Succession
from assistant.succession.checking import check_mapping
from assistant.succession.figures import lacking
from assistant.succession.mapping import load_mapping, mapping_text, path_of, read_mapping
from assistant.succession.propose import Proposer
from tests.desk_corpus import PASSWORD
from tests.test_desk import Forms, client_of, page, send

RULES = Path(__file__).parent / "rules"
ABOUT = (datetime(2026, 11, 25, 9, 30, tzinfo=timezone.utc), "王五", "由正式文件接替")
OFFICIAL = """甲园区扶持办法
第一章　扶持措施
第一条　园区鼓励医疗器械企业发展壮大。
第二条　对企业的设备投资，按不超过百分之二十给予支持，单个项目原则上最高五百万元。
第三条　首次被认定为高新技术企业的，一次性给予二十五万元奖励。
新落户的企业给予10万元奖励，与首次认定奖励按就高不重复执行。
第四条　企业租用房屋的，每年最高给予36万元补贴，已经取得的落户奖励从中扣除。
第五条　每年申报期为2026年6月1日至2026年8月31日。
第二章　申请条件
第六条　申请企业在本市注册满一年以上，职工不少于二十人且不超过五百人。
第七条　最近一年收入不超过5000万元的企业，研发费用占比应不低于5%；\
最近一年收入超过5000万元的企业，研发费用占比应不低于3%。
近两年每年研发费用均不低于一百万元。
第八条　有严重失信行为的企业不予支持。
第九条　经专家评分，得分高于70分。
第十条　高新技术企业、专精特新企业、科技型中小企业三项资质具备两项的，认定为重点企业。
第三章　附则
第十一条　本办法自2024年1月1日起施行，有效期至2026年12月31日。
原办法自2021年1月1日起施行，有效期至2023年12月31日。
"""
DOC = "park_official"
EXPECTED = {  # by hand: the clause of the digest, and of the official text
    "h1_1__h3_1": ["ch_3__art_11__para_1"],
    "h1_1__h3_2": ["ch_3__art_11__para_2"],
    "h1_2__h3_1": ["ch_2__art_6"],
    "h1_2__h3_2": ["ch_2__art_6"],
    "h1_2__h3_3": ["ch_2__art_7__para_1"],
    "h1_2__h3_4": ["ch_2__art_7__para_1"],
    "h1_2__h3_5": ["ch_2__art_7__para_2"],
    "h1_2__h3_6": ["ch_2__art_9"],
    "h1_2__h3_7": ["ch_2__art_8"],
    "h1_2__h3_8": ["ch_2__art_10"],
    "h1_3__h3_1": ["ch_1__art_2"],
    "h1_3__h3_2": ["ch_1__art_3__para_1"],
    "h1_3__h3_3": ["ch_1__art_3__para_2"],
    "h1_3__h3_4": ["ch_1__art_4"],
    "h1_3__h3_5": ["ch_1__art_5"],
    "h1_3__h3_6": ["ch_1__art_1"],
    "h1_3__h3_8": [],
}
QUESTIONS = [
    {"_id": "g1", "text": "首次认定给多少", "split": "test", "evidence": [
        {"clause_id": ["park__h1_3__h3_2"], "quote": ["一次性给予25万元"]}]},
    {"_id": "g2", "text": "展会给多少", "split": "dev", "evidence": [
        {"clause_id": ["park__h1_3__h3_8"], "quote": ["每次给予2万元"]}]},
    {"_id": "g3", "text": "二选一", "split": "dev", "evidence": [
        {"clause_id": ["park__h1_3__h3_8", "park__h1_3__h3_1"],
         "quote": ["参加展会的", "按不超过设备投资的20%给予支持"]}]},
    {"_id": "g4", "text": "别的文件", "split": "dev", "evidence": [
        {"clause_id": ["other__art_1"], "quote": ["别的"]}]},
]  # fmt: skip
NAMES_RENT = (
    "  - {benefit: rent, rule: deducted, clause: park__h1_3__h3_4, "
    "quote: 已得的落户奖励从中扣除}\n"
)
DRIFT = "正式文件改为36万元"


@pytest.fixture
def settings(tmp_path) -> Settings:
    """A corpus with the digest and the official text, its rules and questions."""
    corpus = tmp_path / "corpus"
    shutil.copytree(RULES / "benefits", corpus / "benefits")
    shutil.copytree(RULES / "digests", corpus / "digests")
    shutil.copy(RULES / "facts.yaml", corpus / "facts.yaml")
    with (corpus / "benefits" / "settling.yaml").open("a", encoding="utf-8") as stream:
        stream.write(NAMES_RENT)  # a rule that stays and names one that will be put aside
    (corpus / "raw").mkdir()
    (corpus / "raw" / f"{DOC}.txt").write_text(OFFICIAL, "utf-8")
    (corpus / "raw" / "other.txt").write_text("别的办法\n第一条　别的。\n", "utf-8")
    rows = [
        {"file": "digests/park.md", "doc_id": "park", "title": "甲园区扶持办法", "kind": "digest",
         "doc_no": "甲府规〔2024〕1号", "short_titles": ["园区办法"], "topics": ["园区"],
         "replaces": ["older"]},
        {"file": "raw/other.txt", "doc_id": "other", "replaced_by": ["park"]},
        {"file": f"raw/{DOC}.txt", "doc_id": DOC, "kind": "official"},
    ]  # fmt: skip
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in rows)
    (corpus / "manifest.jsonl").write_text(lines, "utf-8")
    gold = tmp_path / "eval" / "gold"
    gold.mkdir(parents=True)
    lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in QUESTIONS)
    (gold / "a.jsonl").write_text(lines, "utf-8")
    return Settings(
        corpus_dir=corpus, index_dir=tmp_path / "index", state_dir=tmp_path / "state",
        rules_dir=corpus, gold_dir=tmp_path / "eval",
    )  # fmt: skip


@pytest.fixture
def texts(settings):
    build_index(settings)
    return Assistant.open(settings).index


def proposal(settings, texts):
    return Proposer(texts, "park", DOC).mapping(uses_of(settings))


def uses_of(settings):
    return reliances("park", settings.rules_dir, settings.gold_dir)


def decided(mapping):
    """As a person leaves it: what the official text does not bear out is withdrawn."""
    quotes = tuple(
        one if one.becomes is not None else one.model_copy(update={"withdraw": DRIFT})
        for one in mapping.quotes
    )
    return mapping.model_copy(update={"quotes": quotes})


def succession(settings, texts, mapping):
    shelf = Shelf(settings.corpus_dir, settings.state_dir)
    return Succession(mapping, texts, shelf, Places(settings.rules_dir, settings.gold_dir))


def every_file(folder: Path) -> dict[str, bytes]:
    return {
        one.relative_to(folder).as_posix(): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file() and one.relative_to(folder).parts[0] not in ("state", "index")
    }


@pytest.mark.parametrize(
    ("old", "new", "missing"),
    [
        ("最高1000万元", "每个项目最高不超过一千万元", ()),
        ("最高1000万元", "每个项目最高不超过一千二百万元", ("1000万",)),
        ("按不超过20%", "按百分之二十以内", ()),
        ("自2024年8月1日起施行", "自二〇二四年八月一日起施行", ()),
        ("有效期至2029年7月31日", "有效期至2029年8月31日", ("2029年7月31日",)),
        ("Ⅱ期最高", "Ⅲ期最高", ("Ⅱ",)),
        ("依据第三条第二款", "依据第五条", ()),  # renumbered, not changed
        ("文号沪府办规〔2024〕9号", "沪府办规[2024]9号", ()),
    ],
)
def test_figures_and_days_are_compared_by_value(old, new, missing):
    assert lacking(old, new) == missing


def test_each_clause_is_found_in_other_words_and_another_order(settings, texts):
    mapping = proposal(settings, texts)
    found = {
        one.clause.removeprefix("park__"): [to.removeprefix(f"{DOC}__") for to in one.to]
        for one in mapping.clauses
    }

    assert {name: found[name] for name in EXPECTED} == EXPECTED
    assert read_mapping(mapping_text(mapping), "x") == mapping


def test_what_was_changed_or_is_missing_is_told_and_not_mapped(settings, texts):
    mapping = proposal(settings, texts)
    open_ = {one.quote: one.problem or "" for one in mapping.quotes if one.becomes is None}

    assert "其中没有 30万" in open_["每年最高补贴30万元"]
    assert "没有找到" in open_["参加展会的，每次给予2万元"]
    told = check_mapping(mapping, texts, uses_of(settings)).problems
    assert len(told) == len(open_)


@pytest.mark.parametrize(
    ("update", "words"),
    [
        ({"to": f"{DOC}__ch_9__art_99"}, "没有条款"),
        ({"becomes": "首次被认定为高新技术企业"}, None),
        ({"becomes": "首次认定为高新技术企业"}, "不在"),
        ({"becomes": "一次性给予二十五万元"}, None),
        ({"to": f"{DOC}__ch_1__art_3__para_2", "becomes": "新落户的企业给予10万元奖励"},
         "数或日期不同"),
        ({"to": "park__h1_3__h3_2"}, "仍在摘编里"),
        ({"to": None}, "没有对应的引文"),
        ({"withdraw": " "}, "要写明原因"),
    ],
)  # fmt: skip
def test_a_person_s_words_are_checked_as_the_program_s_are(settings, texts, update, words):
    mapping = decided(proposal(settings, texts))
    quote = "一次性给予25万元" if "二十五" in str(update) or words else "首次认定为高新技术企业"
    quotes = tuple(
        one.model_copy(update=update) if one.quote == quote else one for one in mapping.quotes
    )
    assert any(one.quote == quote for one in mapping.quotes)

    found = check_mapping(mapping.model_copy(update={"quotes": quotes}), texts, uses_of(settings))

    assert (not found.problems) if words is None else (words in "".join(found.problems))


def test_nothing_may_be_left_out_or_named_twice(settings, texts):
    mapping = decided(proposal(settings, texts))
    rest = {"quotes": mapping.quotes[1:], "clauses": mapping.clauses[1:]}
    short = mapping.model_copy(update=rest)
    twice = mapping.model_copy(update={"clauses": (*mapping.clauses, mapping.clauses[0])})
    wrong = mapping.model_copy(update={"official": "other"})

    told = check_mapping(short, texts, uses_of(settings)).problems
    assert any("没有交代" in one for one in told)
    assert any("没有写明换成什么" in one for one in told)
    assert any("只能写一次" in one for one in check_mapping(twice, texts, ()).problems)
    assert any("不是正式文件的条款" in one for one in check_mapping(wrong, texts, ()).problems)


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
    assert run("restore", "park")[0] == 2


def test_a_mapping_that_is_no_mapping_says_where(settings):
    path = path_of(settings.corpus_dir, "park")
    path.parent.mkdir()
    for text, words in (("digest: [", "不是 YAML"), ("digest: park\n", "official")):
        path.write_text(text, "utf-8")
        with pytest.raises(UsageError, match=words):
            load_mapping(settings.corpus_dir, "park")


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
