"""Two versions aligned: made-up edits with a known outcome, and any text at all."""

import random
import re
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import NotFoundError
from assistant.parsing import Origin, ParsedDocument, parse_source
from assistant.versions import Kind, Op, diff_documents, touched
from tests.conftest import ROOT

CHINESE = "〇一二三四五六七八九十"


def parse(text: str, doc_id: str = "d") -> ParsedDocument:
    return parse_source(text, Origin(doc_id, doc_id, "0"))


def numeral(n: int) -> str:
    tens, ones = divmod(n, 10)
    return {0: "", 1: "十"}.get(tens, CHINESE[tens] + "十") + (CHINESE[ones] if ones else "")


def sentence(seed: int) -> str:
    """One of a kind, with words that every provision has."""
    letters = random.Random(seed)
    middle = "".join(chr(letters.randrange(0x4E00, 0x5E00)) for _ in range(letters.randint(14, 40)))
    return f"市、区人民政府应当按照规定{middle}。"


Articles = list[list[str]]
"""Paragraphs of each article, in order."""


def law(articles: Articles) -> str:
    lines = ["某市某条例"]
    for number, paragraphs in enumerate(articles, start=1):
        lines += [f"第{numeral(number)}条 {paragraphs[0]}", *paragraphs[1:]]
    return "\n".join(lines) + "\n"


def articles(sizes: list[int]) -> Articles:
    """Each paragraph has two sentences."""
    return [
        [sentence(1000 * a + 2 * p) + sentence(1000 * a + 2 * p + 1) for p in range(size)]
        for a, size in enumerate(sizes)
    ]


@dataclass
class Edit:
    old: Articles
    new: Articles
    at: int


@st.composite
def edits(draw, min_size: int = 1):
    """A law of at least three articles, a copy to edit, and the place of an article in it."""
    sizes = draw(st.lists(st.integers(min_size, 4), min_size=3, max_size=9))
    made = articles(sizes)
    at = draw(st.integers(0, len(sizes) - 2))
    return Edit(made, [list(one) for one in made], at)


def outcome(edit: Edit) -> dict[str, tuple[str, list[str]]]:
    """Of each old article: what became of it, and its new numbers; and of the added ones."""
    diff = diff_documents(parse(law(edit.old)), parse(law(edit.new)))
    told: dict[str, tuple[str, list[str]]] = {}
    for change in diff.changes[2:]:
        news = [one.number for one in change.new if one.level.value == "article"]
        for old in change.old:
            if old.level.value == "article":
                told[old.number] = (change.kind.value, news)
        if not change.old:
            told["+" + "".join(news)] = (change.kind.value, news)
    return told


def number(place: int) -> str:
    return f"第{numeral(place + 1)}条"


def kept(places: range, shift: int) -> dict[str, tuple[str, list[str]]]:
    """The outcome of articles that kept their words and are `shift` places further on."""
    kind = "moved" if shift else "unchanged"
    return {number(place): (kind, [number(place + shift)]) for place in places}


COUNT = settings(max_examples=60, deadline=None)


@COUNT
@given(edits())
def test_an_article_put_in_moves_those_after_it(edit):
    edit.new.insert(edit.at, [sentence(-1) + sentence(-2)])

    assert outcome(edit) == {
        **kept(range(edit.at), 0),
        f"+{number(edit.at)}": ("added", [number(edit.at)]),
        **kept(range(edit.at, len(edit.old)), 1),
    }


@COUNT
@given(edits())
def test_an_article_taken_out_is_dropped_and_those_after_it_move(edit):
    del edit.new[edit.at]

    assert outcome(edit) == {
        **kept(range(edit.at), 0),
        number(edit.at): ("dropped", []),
        **kept(range(edit.at + 1, len(edit.old)), -1),
    }


@COUNT
@given(edits())
def test_two_articles_that_changed_places_are_both_moved(edit):
    edit.new[0], edit.new[-1] = edit.new[-1], edit.new[0]
    last = len(edit.old) - 1

    assert outcome(edit) == {
        **kept(range(1, last), 0),
        number(0): ("moved", [number(last)]),
        number(last): ("moved", [number(0)]),
    }


@COUNT
@given(edits())
def test_an_edited_word_changes_one_article_and_is_marked(edit):
    edit.new[edit.at][0] = edit.new[edit.at][0].replace("应当", "可以", 1)

    assert outcome(edit) == {
        **kept(range(len(edit.old)), 0),
        number(edit.at): ("changed", [number(edit.at)]),
    }
    diff = diff_documents(parse(law(edit.old)), parse(law(edit.new)))
    marks = [mark for change in diff.walk() for mark in change.marks if mark.op is not Op.SAME]
    words = {
        diff.old.text[mark.old_start : mark.old_end] + diff.new.text[mark.new_start : mark.new_end]
        for mark in marks
    }
    assert words == {"应当", "可以"}


@COUNT
@given(edits())
def test_a_paragraph_cut_in_two_is_split(edit):
    paragraph = edit.new[edit.at][0]
    edit.new[edit.at][:1] = [one + "。" for one in paragraph.split("。") if one]

    assert outcome(edit) == {
        **kept(range(len(edit.old)), 0),
        number(edit.at): ("split", [number(edit.at)]),
    }


@COUNT
@given(edits(min_size=2))
def test_two_paragraphs_joined_are_merged(edit):
    paragraphs = edit.new[edit.at]
    paragraphs[:2] = ["".join(paragraphs[:2])]

    assert outcome(edit) == {
        **kept(range(len(edit.old)), 0),
        number(edit.at): ("merged", [number(edit.at)]),
    }


@COUNT
@given(edits(min_size=2))
def test_an_article_cut_in_two_is_split(edit):
    first, *rest = edit.new[edit.at]
    edit.new[edit.at : edit.at + 1] = [[first], rest]

    assert outcome(edit) == {
        **kept(range(edit.at), 0),
        number(edit.at): ("split", [number(edit.at), number(edit.at + 1)]),
        **kept(range(edit.at + 1, len(edit.old)), 1),
    }


@COUNT
@given(edits())
def test_two_articles_joined_are_merged(edit):
    edit.new[edit.at : edit.at + 2] = [edit.new[edit.at] + edit.new[edit.at + 1]]

    assert outcome(edit) == {
        **kept(range(edit.at), 0),
        number(edit.at): ("merged", [number(edit.at)]),
        number(edit.at + 1): ("merged", [number(edit.at)]),
        **kept(range(edit.at + 2, len(edit.old)), -1),
    }


LINES = st.lists(
    st.builds(
        str.__add__,
        st.sampled_from(
            ["", "第一条 ", "第二条 ", "第二章 ", "（一）", "（二）", "一、", "1、", "①", "第三条"]
        ),
        st.sampled_from(
            ["", "甲。", "甲乙丙丁戊己庚辛壬癸子丑寅卯。", "下列情形：", "总则", "\u3000"]
        ),
    ),
    max_size=14,
)


@settings(max_examples=300, deadline=None)
@given(LINES, LINES)
def test_any_two_texts_are_told_clause_by_clause_exactly_once(old, new):
    before, after = parse("\n".join(old), "a"), parse("\n".join(new), "b")

    diff = diff_documents(before, after)

    told = [one.clause_id for change in diff.walk() for one in change.old]
    assert sorted(told) == sorted(one.clause_id for one in before.clauses)
    told = [one.clause_id for change in diff.walk() for one in change.new]
    assert sorted(told) == sorted(one.clause_id for one in after.clauses)
    assert (diff.summary.old_clauses, diff.summary.new_clauses) == (
        len(before.clauses),
        len(after.clauses),
    )


@settings(max_examples=100, deadline=None)
@given(LINES)
def test_a_text_against_itself_is_unchanged(lines):
    parsed = parse("\n".join(lines))

    assert {change.kind for change in diff_documents(parsed, parsed).walk()} == {Kind.UNCHANGED}


@settings(max_examples=60, deadline=None)
@given(edits(), st.text(alphabet="甲乙丙。1２", max_size=30))
def test_marks_spell_out_both_versions(edit, words):
    edit.new[edit.at][0] = edit.new[edit.at][0][:20] + words + edit.new[edit.at][0][30:]
    diff = diff_documents(parse(law(edit.old)), parse(law(edit.new)))
    for change in diff.walk():
        if not change.marks:
            continue
        old = "".join(diff.old.text[one.old_start : one.old_end] for one in change.marks)
        new = "".join(diff.new.text[one.new_start : one.new_end] for one in change.marks)
        assert old in diff.old.text
        assert new in diff.new.text


def test_a_number_is_marked_whole_and_full_width_digits_are_no_change():
    old = parse("办法\n第一条 补贴２0万元，到2024年为止。")
    new = parse("办法\n第一条 补贴20万元，到2026年为止。")

    (change,) = [one for one in diff_documents(old, new).walk() if one.marks]

    assert [
        (mark.op.value, old.document.text[mark.old_start : mark.old_end])
        for mark in change.marks
        if mark.op is not Op.ADDED
    ] == [("same", "补贴２0万元，到"), ("dropped", "2024"), ("same", "年为止。")]


def test_an_undivided_article_that_gained_a_paragraph_speaks_for_its_first_one():
    body = sentence(1)
    old, new = parse(f"办法\n第一条 {body}"), parse(f"办法\n第一条 {body}\n{sentence(2)}")

    change = diff_documents(old, new).changes[-1]

    assert change.kind is Kind.CHANGED
    assert [one.clause_id for one in change.new] == ["d__art_1", "d__art_1__para_1"]
    assert [part.kind for part in change.parts] == [Kind.ADDED]
    assert change.marks == ()


def test_a_paragraph_that_went_to_another_article_is_found_there():
    first, second = articles([3, 3])
    old, new = law([first, second]), law([first[:2], [*second, first[2]]])

    diff = diff_documents(parse(old), parse(new))

    moved = [one for one in diff.walk() if one.kind is Kind.MOVED]
    assert [(one.old[0].clause_id, one.new[0].clause_id) for one in moved] == [
        ("d__art_1__para_3", "d__art_2__para_4")
    ]


def plan(change=lambda text: text) -> ParsedDocument:
    source = (ROOT / "corpus" / "raw" / "action_plan_2024_2026_draft.txt").read_text("utf-8")
    origin = Origin("action_plan_2024_2026_draft", "plan", "0", ".txt")
    return parse_source(change(source), origin)


def test_headings_of_an_official_document_are_followed_through_a_renumbering():
    def without_item_10(text: str) -> str:
        start, end = text.index("10、加快项目招大引强"), text.index("11、持续做大做强")
        rest = text[:start] + text[end:]
        return re.sub(r"^(1[1-9]|2\d)、", lambda m: f"{int(m[1]) - 1}、", rest, flags=re.M)

    diff = diff_documents(plan(), plan(without_item_10))

    kinds = {
        change.old[0].heading or change.old[0].clause_id: change.kind.value
        for change in diff.changes
        if change.old and change.kind is not Kind.UNCHANGED
    }
    assert kinds.pop("10、加快项目招大引强") == "dropped"
    assert kinds.pop("action_plan_2024_2026_draft") == "changed"
    assert kinds.pop("12、培育多梯次科技企业集群") == "moved"
    assert set(kinds.values()) == {"moved"}
    assert diff.summary.provisions[Kind.UNCHANGED] >= 20


def test_touched_names_new_ids_and_passes_over_what_stayed_and_other_documents():
    old = articles([1, 2, 1, 1])
    new = [old[0], [sentence(-1)], [old[1][0], old[1][1].replace("应当", "可以", 1)], old[2]]
    diff = diff_documents(parse(law(old)), parse(law(new)))
    ids = ["d__art_1", "d__art_2", "d__art_2__para_1", "d__art_3", "d__art_3", "d__art_4"]

    found = touched(diff, [*ids, "e__art_1"])

    assert [(one.clause_id, one.kind.value, one.new_ids) for one in found] == [
        ("d__art_2", "changed", ("d__art_3",)),
        ("d__art_2__para_1", "moved", ("d__art_3__para_1",)),
        ("d__art_3", "moved", ("d__art_4",)),
        ("d__art_4", "dropped", ()),
    ]
    assert touched(diff, []) == ()


def test_a_clause_is_touched_when_something_below_it_is():
    old = f"办法\n一、任务\n（一）{sentence(1)}\n（二）{sentence(2)}"
    diff = diff_documents(parse(old), parse(f"{old}\n（三）{sentence(3)}"))

    (one,) = touched(diff, ["d__h1_1", "d__h1_1__h2_1"])

    assert (one.clause_id, one.kind) == ("d__h1_1", Kind.CHANGED)


def test_touched_refuses_a_clause_the_old_version_does_not_have():
    diff = diff_documents(parse(law(articles([1]))), parse(law(articles([1]))))

    with pytest.raises(NotFoundError, match="d__art_9"):
        touched(diff, ["d__art_9"])
