"""From a text to its clause tree: nothing is lost, the numbering is understood."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.batch import outline_rows
from assistant.parsing import Origin, parse_file, parse_source
from assistant.parsing.numbering import read_marker
from assistant.schema import DocStatus, Level

ROOT = Path(__file__).parent.parent
PLAN = ROOT / "corpus" / "raw" / "action_plan_2024_2026_draft.txt"
OUTLINE = Path(__file__).parent / "outlines" / "plan.txt"


def parse(text, kind):
    return parse_source(text, Origin(doc_id="文", source="文.txt", sha256="0", kind=kind))


def own_texts(parsed):
    return "".join(parsed.document.text[one.start : one.own_end] for one in parsed.clauses)


def solid(text):
    return re.sub(r"\s", "", text)


@pytest.fixture(scope="module")
def plan():
    return parse_file(PLAN, corpus_dir=PLAN.parent)


def test_own_texts_of_the_plan_are_its_text_and_the_tree_nests(plan):
    by_id = {one.clause_id: one for one in plan.clauses}

    assert own_texts(plan) == plan.document.text
    assert len(by_id) == len(plan.clauses)
    for one in plan.clauses[1:]:
        parent = by_id[one.parent_id]
        assert parent.own_end <= one.start <= one.own_end <= one.end <= parent.end


def test_segments_of_the_plan_lead_to_the_same_words_in_the_file(plan):
    source, text = PLAN.read_text("utf-8"), plan.document.text
    covered = set()
    for one in plan.document.segments:
        length = one.end - one.start
        assert text[one.start : one.end] == source[one.source_start : one.source_start + length]
        covered.update(range(one.start, one.end))

    assert all(index in covered or char.isspace() for index, char in enumerate(text))


def test_only_white_space_and_one_link_of_the_file_are_left_out(plan):
    (link,) = plan.document.dropped

    assert link.startswith("https://baike.baidu.com/")
    assert solid(PLAN.read_text("utf-8")).replace(link, "") == solid(plan.document.text)


def test_item_12_has_the_path_of_the_contract(plan):
    (item,) = (one for one in plan.clauses if one.number == "12、")

    assert item.path == ("三、重点任务", "（三）产业集群培育", "12、培育多梯次科技企业集群")
    assert plan.document.text[item.start : item.end].endswith("建成 50 个企业技术中心。\n")


def test_the_plan_says_what_it_is(plan):
    document = plan.document

    assert document.title == "宝山区促进生物医药产业高质量发展行动方案（2024-2026年）（送审稿）"
    assert (document.status, document.status_words) == (DocStatus.DRAFT, "送审稿")
    assert (document.region, document.plan_period) == ("宝山区", (2024, 2026))
    assert (document.doc_no, document.issued_on, document.effective_on) == (None, None, None)


def test_the_outline_of_the_plan_is_as_it_was(assistant_on_plan):
    rows = outline_rows(assistant_on_plan, PLAN.stem)

    made = "".join(f"{'  ' * depth}{words}  [{clause}]\n" for depth, clause, words in rows)

    assert made == OUTLINE.read_text("utf-8")


@pytest.mark.parametrize(
    ("line", "level", "number", "words"),
    [
        ("第一编 总则", Level.PART, "1", "第一编"),
        ("第三章 附则", Level.CHAPTER, "3", "第三章"),
        ("第一节 一般规定", Level.SECTION, "1", "第一节"),
        ("第十四条 内容", Level.ARTICLE, "14", "第十四条"),
        ("第十四条内容", Level.ARTICLE, "14", "第十四条"),
        ("第 ３ 条 内容", Level.ARTICLE, "3", "第 ３ 条"),
        ("第十七条之一 内容", Level.ARTICLE, "17-1", "第十七条之一"),
        ("第一千零一条\u3000内容", Level.ARTICLE, "1001", "第一千零一条"),
        ("一、内容", Level.H1, "1", "一、"),
        ("（二）内容", Level.H2, "2", "（二）"),
        ("( 二 )内容", Level.H2, "2", "( 二 )"),
        ("12、内容", Level.H3, "12", "12、"),
        ("１．内容", Level.H3, "1", "１．"),
        ("（２）内容", Level.H4, "2", "（２）"),
        ("⑳内容", Level.SUBITEM, "20", "⑳"),
    ],
)
def test_numbering_families(line, level, number, words):
    marker = read_marker(line)

    assert (marker.level, marker.number, marker.words) == (level, number, words)
    assert line[: marker.length] == words


@pytest.mark.parametrize(
    "line",
    ["依照第五条的规定", "第五条的规定", "第五条第二款", "第五条、第六条", "1.5亿元", "2026年"],
)
def test_a_reference_or_a_number_opens_no_clause(line):
    assert read_marker(line) is None


def test_articles_with_paragraphs_and_items():
    parsed = parse(
        "某办法\n第一章 总则\n第一条 为了发展，制定本办法。\n依照第五条的规定执行。\n"
        "第二条 条件如下：\n（一）在本区注册；\n（二）信用良好。\n"
        "第二条之一 另有规定的除外。\n",
        kind=".md",
    )

    assert own_texts(parsed) == parsed.document.text
    assert [one.clause_id.removeprefix("文__") for one in parsed.clauses[2:]] == [
        "ch_1",
        "ch_1__art_1",
        "ch_1__art_1__para_1",
        "ch_1__art_1__para_2",
        "ch_1__art_2",
        "ch_1__art_2__item_1",
        "ch_1__art_2__item_2",
        "ch_1__art_2-1",
    ]


def test_lines_a_page_broke_are_joined_and_its_number_goes():
    line = "本区支持企业研发创新药物和医疗器械并给予服务"
    source = "\n".join([*[line] * 9, "- 3 -", "到此为止。", "一、目标", "完"])

    canonical = parse(source, kind=".txt").document

    assert canonical.text.split("\n")[:2] == [line * 9 + "到此为止。", "一、目标"]
    assert canonical.dropped == ("- 3 -",)


def test_where_paragraphs_are_indented_the_indent_opens_them():
    line = "本区支持企业研发创新药物和医疗器械并给予服务"
    source = "\n".join(["　　" + line[:-2], *[line] * 4, *["　　" + line[:-3] + "。", line] * 3])

    text = parse(source, kind=".txt").document.text

    assert [len(one) for one in text.split("\n")] == [20 + 4 * 22, 42, 42, 42]


MARKERS = st.sampled_from(
    ["", "第一条 ", "第二条", "第十七条之一 ", "第一章 ", "一、", "（二）", "1、", "（1）", "①",
     "目录", "依照第五条", "https://a.cn/b", " ", "\u3000"]
)  # fmt: skip
WORDS = st.text("企业支持。；：，、“”（）一二第条章 \t\u3000\u2028\x0c2026Ab%", max_size=70)
LINES = st.lists(st.tuples(MARKERS, WORDS).map("".join), max_size=25)


@settings(max_examples=150, deadline=None)
@given(LINES, st.sampled_from([".txt", ".md"]))
def test_no_text_loses_a_character(lines, kind):
    source = "\n".join(lines)

    parsed = parse(source, kind=kind)

    document = parsed.document
    assert own_texts(parsed) == document.text
    assert len({one.clause_id for one in parsed.clauses}) == len(parsed.clauses)
    kept = "".join(document.text[one.start : one.end] for one in document.segments)
    assert solid(kept) == solid(document.text)
    shown = solid(document.text) + solid("".join(document.dropped))
    assert sorted(solid(source)) == sorted(shown)
    for one in document.segments:
        words = document.text[one.start : one.end]
        assert source[one.source_start : one.source_start + len(words)] == words
