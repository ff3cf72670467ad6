"""Every figure, day, 文号, source and title of a digest stands in the facts sheets it restates."""

import json
import re
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest

from assistant.parsing import ParsedDocument, parse_file
from assistant.schema import Level
from assistant.text import find_numbers

CORPUS = Path(__file__).parents[1] / "corpus"
DIGESTS = [path for path in sorted((CORPUS / "digests").glob("*.md")) if path.stem != "README"]
FACTS = Path(__file__).parents[2] / "shared" / "facts"
SHEETS = ("policy_facts.md", "policy_facts_2.md")
TRAILER = re.compile(r"（来源：(?P<sources>[^；]+)；可信度：[ABC]）\n?$")

pytestmark = pytest.mark.skipif(not FACTS.is_dir(), reason="the facts sheets are not here")

SCOPES = {
    "baoshan_background": "1:7 2:2 2:3",
    "baoshan_biomed_measures_2022": "1:2.14 1:3.1 1:3.2",
    "baoshan_biomed_policy": "1:1 1:2.14 2:3 1:2.1",
    "baoshan_business_env_2026": "2:2",
    "baoshan_instruments": "1:2.15 1:8 2:2 2:4 2:5 2:7 2:8",
    "baoshan_platform_plan_2024": "2:2",
    "baoshan_robot_plan_draft_2024": "2:2",
    "baoshan_synbio_2023": "1:2.15 2:3",
    "city_biomed_2018": "1:3.1",
    "city_biomed_2021": "1:3.1 1:3.2@signed 1:6@Phase",
    "city_biomed_2024": "1:3.2 1:3.1@沪府办规 1:6@Phase",
    "city_gaozhuan": "1:3.5",
    "city_highend_manufacturing_2022": "2:6@高端制造业",
    "city_incubator_2023": "1:3.7@高质量孵化器",
    "city_industry_fund_2024": "1:3.7@促进产业高质量发展",
    "city_investment_2023": "2:6@新时期强化投资促进",
    "city_manufacturing_2026": "2:6@支持先进制造业转型升级",
    "city_poc_2025": "1:3.7@高质量概念验证平台",
    "city_rd_economy_2022": "1:3.7@研发经济",
    "city_service_fund_2025": "1:3.7@服务业发展引导资金 2:5@360docs",
    "city_sme_innovation_fund_2022": "1:3.7@技术创新资金",
    "city_sme_measures_2022": "1:3.6@2022-09 2:6@2022-09-28",
    "city_sme_measures_2023": "1:3.6@2023-05",
    "city_srdi_measures_2025": "1:3.6@2025-04-11",
    "city_srdi_rules_2022": "1:3.6@实施细则 1:4.2@superseded",
    "city_synbio_2023": "1:3.7@合成生物",
    "city_tech_center": "1:3.7@市级企业技术中心",
    "city_tech_giant": "1:3.7@科技小巨人",
    "city_vc_2024": "1:3.7@创业投资",
    "city_vertical_industry_2023": "1:3.7@工业上楼",
    "city_voucher": "1:3.4",
    "directory_2024": "1:3.3 1:2.1",
    "engineering_center_2021": "1:2.6 1:2.2@valid",
    "framework_2011": "1:1@2011 1:1@2014",
    "framework_2014": "1:1@2014 1:1@2017 1:2.16 1:2.7@2014",
    "framework_2017": "1:1@2014 1:1@2017 1:1@2020 1:2.9",
    "framework_2020": "1:1@2020 1:2.4 1:2.5@2020 1:6@1+9 1:1@2021",
    "fund_energy_2017": "1:2.9 1:1@2017",
    "fund_manufacturing_2020": "1:2.8 1:2.0@BS-08 2:1.3 2:5@战新",
    "fund_science_2014": "1:2.7 1:2.16@innovation",
    "fund_science_2020": "1:2.7 1:2.2.1@2020年度",
    "guide_1plus9_2020": "1:2.5 1:1@2020 1:1@2021 1:8",
    "hightech_2016": "1:4.1 1:6@高企 2:5@高企",
    "invest_then_equity_2022": "1:2.12 2:4@先投后股",
    "kechuang30_2021": "1:1 1:2.2 1:2.2.1 1:2.6 1:6 2:1 2:1.1 2:1.2 2:1.3 2:5 2:7 1:3.6@2022-09",
    "kechuang30_2021_measures": "1:1",
    "kechuang30_v2": "1:1",
    "notice_digital_2022": "2:0@BS-2 2:1.1 2:5@BS-2 1:1@2021",
    "notice_hightech_2020": "1:2.2.1@2020年度 1:6@高企 2:5@高企",
    "notice_hightech_2021_batch2": "1:2.2.1@2021年度第二批",
    "notice_incubator_2020": "1:2.2@孵化器 1:2.0@BS-07",
    "notice_investment_2023": "1:2.3 1:1@2021",
    "notice_manufacturing_2022": "2:0@BS-2 2:1.2 2:1.3 2:5 1:1@2021",
    "notice_science_park_2023": "1:2.10@notice",
    "other_districts": "1:5 1:6@黄浦 2:6",
    "poc_center_2023": "1:2.11",
    "rd_deduction_2023": "1:4.4",
    "relief_2022": "2:0@BS-27 2:0@Sources",
    "science_park_policy_2023": "1:2.10",
    "science_park_policy_draft_2023": "1:2.10",
    "science_park_policy_trial_2021": "1:2.10@Final",
    "sme_size_2011": "1:4.5",
    "srdi_2022": "1:4.2",
    "srdi_2026": "1:4.2 1:2.2@专精特新 1:1@2021 1:3.6@2022-09",
    "talent_2017": "1:2.13@Older",
    "talent_2023": "1:2.13 2:4@人才新政",
    "tech_sme_2017": "1:4.3",
    "whitelist_2021": "1:3.3@2021 1:3.3@2023 1:3.3@2024",
    "whitelist_2023": "1:3.3",
    "zhangjiang_hightech_2024": "1:3.7@张江国家 1:2.2.1@2021年度",
}
"""Where a digest's figures must stand: sheet:section, or only its lines that hold a word."""

MISTRANSLATED = {
    "framework_2014": frozenset({"2000万", "20"}),
    "fund_science_2014": frozenset({"2000万", "20"}),
}
"""The English page's “20 million yuan”, named in these digests as the mistake it is (trap 13)."""

ALIASES = {"公开GitHub代码库": "public GitHub repositories"}
DESK = re.compile(r"资料清单([一二])第([\d.]+)节|缺口清单")


@pytest.fixture(scope="module", params=DIGESTS, ids=lambda path: path.stem)
def digest(request) -> ParsedDocument:
    return parse_file(request.param, corpus_dir=CORPUS)


def items(parsed: ParsedDocument) -> list[tuple[str, str]]:
    """Clause ids and texts of the numbered items, marker left out."""
    return [
        (clause.clause_id, parsed.document.text[clause.start + len(clause.number) : clause.end])
        for clause in parsed.clauses
        if clause.level is Level.H3
    ]


def sheet_sections() -> dict[str, str]:
    """`1:2.2` to the text below that heading and above the next one."""
    sections: dict[str, str] = {}
    for number, name in enumerate(SHEETS, start=1):
        text = (FACTS / name).read_text("utf-8")
        for part in re.split(r"^#{2,4} ", text, flags=re.M)[1:]:
            sections[f"{number}:{part.split()[0].rstrip('.')}"] = part
    return sections


_SHORT_YEARS = re.compile(r"\b(20)(\d\d)-(1[3-9]|[2-9]\d)\b(?!-)")
"""2018-20 means 2018-2020; 2022-08 is a month."""


def scope_text(doc_id: str, sections: dict[str, str]) -> str:
    parts = []
    for scope in SCOPES[doc_id].split():
        section, _, word = scope.partition("@")
        lines = [line for line in sections[section].splitlines() if word in line]
        assert lines, f"{doc_id}: {scope} names no line of the sheets"
        parts += lines
    return _SHORT_YEARS.sub(r"\1\2-\1\3", "\n".join(parts))


ENGLISH = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_LIST = re.compile(r"((?:[\d.,]+\s*[–/、+-]\s*)+[\d.,]+)\s*([%万亿])")


def sheet_values(text: str) -> tuple[set[Decimal], set[Decimal], set[Decimal]]:
    """Plain values, percents and values in yuan; a unit after `1–10 亿` holds for the whole list.

    The sheets count in 万元, and in yuan only where they say so.
    """
    text = unicodedata.normalize("NFKC", text)
    yuan = {Decimal(found.replace(",", "")) for found in re.findall(r"([\d,]+) yuan", text)}
    plain = {span.value for span in find_numbers(text) if span.kind == "plain"}
    percents = {span.value for span in find_numbers(text) if span.kind == "percent"}
    plain |= {Decimal(i) for i, word in enumerate(ENGLISH, 1) if word in text.lower()}
    for found in _LIST.finditer(text):
        for number in re.findall(r"\d+(?:\.\d+)?", found[1].replace(",", "")):
            if found[2] == "%":
                percents.add(Decimal(number))
            else:
                plain.add(Decimal(number) * (10**4 if found[2] == "万" else 10**8))
    return plain, percents, yuan


def strangers(body: str, scope: str, allowed: frozenset[str] = frozenset()) -> list[str]:
    """The figures of `body` that `scope` does not hold."""
    body = unicodedata.normalize("NFKC", body)
    plain, percents, yuan = sheet_values(scope)
    found = []
    for span in find_numbers(body):
        if not re.search(r"\d", span.raw) or span.raw in allowed:
            continue  # 三个数, 两轮: our own counting; amounts are written in digits
        if span.kind == "percent":
            is_known = span.value in percents
        elif re.search("[万亿]", span.raw):
            is_known = span.value in plain or span.value / 10**4 in plain - yuan
        else:
            is_known = span.value in (yuan if body[span.end : span.end + 1] == "元" else plain)
        if not is_known:
            found.append(span.raw)
    return found


_DOC_NO = re.compile(r"[\u4e00-\u9fff]{2,}〔\d{4}〕\d+号")
_DAY = re.compile(
    r"(?P<y>\d{4})年(?:(?P<m>\d{1,2})月)?(?:(?P<d>\d{1,2})日)?|(?P<m2>\d{1,2})月(?P<d2>\d{1,2})日"
    r"|(?P<y2>\d{4})(?=-20\d\d年)"
)
_LABEL = re.compile(r"A0\d(?:-\d)?|[Ⅰ-Ⅻ](?:-\d+)*|9B\d+|010b|M0|5G|[12]\.0版")


def without_names(body: str, scope: str, doc_nos: set[str]) -> str:
    """The text less 文号, days and labels, the first two checked against the sheets on the way."""
    for found in _DOC_NO.findall(body):
        assert any(found.endswith(one) for one in doc_nos), f"文号 {found} 不在事实清单中"
    body = _LABEL.sub("", _DOC_NO.sub("", body))
    for found in _DAY.finditer(body):
        year, month = found["y"] or found["y2"], found["m"] or found["m2"]
        day = found["d"] or found["d2"]
        assert not year or year in scope, f"{found[0]}：年份不在所引各节中"
        if not month:
            continue
        wanted = f"{int(month):02}" + (f"-{int(day):02}" if day else "")
        before = f"{year}-" if year else "-"
        # 2021-05-24 → 06-04 gives the second day without its year.
        is_short = day and re.search(rf"(?<!\d-){wanted}", scope)
        is_there = before + wanted in scope or is_short or found[0] in scope
        assert is_there, f"{found[0]}：日期不在所引各节中"
    return _DAY.sub("", body)


def test_every_figure_of_a_digest_stands_in_the_sections_it_restates(digest):
    sections = sheet_sections()
    doc_id = digest.document.doc_id
    scope = scope_text(doc_id, sections)
    allowed = MISTRANSLATED.get(doc_id, frozenset())
    doc_nos = set(_DOC_NO.findall("".join(sections.values())))
    for clause_id, text in items(digest):
        body = without_names(TRAILER.sub("", text), scope, doc_nos)
        assert strangers(body, scope, allowed) == [], clause_id


@pytest.mark.parametrize(
    ("body", "scope", "found"),
    [
        ("给予25万元", "| 25 |", []),
        ("给予26万元", "| 25 |", ["26万"]),
        ("最高1亿元", "cap 1 亿", []),
        ("最高10亿元", "1–10 亿", []),
        ("不低于5%", "≥ 5%", []),
        ("不低于5%", "≥ 5 staff", ["5%"]),
        ("补贴4500元", "4,500 yuan", []),
        ("补贴4500万元", "4,500 yuan", ["4500万"]),
        ("补贴25元", "| 25 |", ["25"]),
        ("", "", []),
    ],
)
def test_an_invented_figure_or_another_unit_is_a_stranger(body, scope, found):
    assert strangers(body, scope) == found


def test_every_source_of_a_digest_stands_in_the_sheets(digest):
    sections = sheet_sections()
    everything = "".join((FACTS / name).read_text("utf-8") for name in SHEETS)
    for clause_id, text in items(digest):
        found = TRAILER.search(text)
        assert found
        for source in found["sources"].split("、"):
            desk = DESK.fullmatch(source)
            if desk and desk[1]:
                assert f"{'一二'.index(desk[1]) + 1}:{desk[2]}" in sections, clause_id
            elif not desk:
                assert ALIASES.get(source, source) in everything, (clause_id, source)


def test_every_title_in_brackets_stands_in_the_sheets_or_the_manifest(digest):
    everything = "".join((FACTS / name).read_text("utf-8") for name in SHEETS)
    lines = (CORPUS / "manifest.jsonl").read_text("utf-8").splitlines()
    titles = [json.loads(line)["title"] for line in lines]
    for title in re.findall(r"《([^《》]+)》", digest.document.text):
        assert title in everything or any(title in one for one in titles), title
