"""What the tests of succession share: a digest with its rules and questions, and its text.

The digest and rules are those of `tests/rules`; the official text is invented here: the same facts
in other words and another order, the rent of another height, the fair not in it at all.
"""

from __future__ import annotations

import json
import shutil
from datetime import datetime, timezone
from pathlib import Path

from assistant.intake.filing import Shelf
from assistant.intake.reliance import reliances
from assistant.intake.removal import Places
from assistant.settings import Settings
from assistant.succession.applying import Succession
from assistant.succession.propose import Proposer

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


def succession_settings(tmp_path: Path) -> Settings:
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


def shelf_of(settings: Settings) -> Shelf:
    return Shelf(settings.corpus_dir, settings.state_dir)


def places_of(settings: Settings) -> Places:
    return Places(settings.rules_dir, settings.gold_dir)


def succession(settings, texts, mapping):
    return Succession(mapping, texts, shelf_of(settings), places_of(settings))


def every_file(folder: Path) -> dict[str, bytes]:
    return {
        one.relative_to(folder).as_posix(): one.read_bytes()
        for one in sorted(folder.rglob("*"))
        if one.is_file() and one.relative_to(folder).parts[0] not in ("state", "index")
    }
