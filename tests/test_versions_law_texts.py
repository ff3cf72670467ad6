"""Alignment of real pairs of regulations, where the public texts are at hand.

`alignments/*.tsv` was written by reading both texts, not from the program's output: an article's
old number, its new one, what became of it. An article that was written anew in place of an old
one on the same matter counts as changed.
"""

import re
from collections import defaultdict
from pathlib import Path

import pytest

from assistant.parsing import ParsedDocument, parse_file
from assistant.schema import Level
from assistant.text import read_number
from assistant.versions import diff_documents

FOLDER = Path(__file__).parents[2] / "shared" / "bench" / "law_texts"
TABLES = Path(__file__).parent / "alignments"
PAIRS = {
    "student_injury": (
        "上海市中小学校学生伤害事故处理条例.md",
        "上海市中小学校学生伤害事故处理条例(2024-12-31).md",
        0.96,
    ),
    "farm_science": (
        "上海市促进农业科技进步若干规定(2007-10-10).md",
        "上海市促进农业科技进步若干规定(2024-11-28).md",
        0.94,
    ),
    "funerals": ("上海市殡葬管理条例.md", "上海市殡葬管理条例(2024-08-22).md", 0.96),
}
"""Old file, new file, floor of accuracy; missed are articles written anew in other words."""

pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the public law texts (../shared/bench) are not on this machine"
)

Row = tuple[str, str, str]


def read(name: str) -> ParsedDocument:
    return parse_file(FOLDER / name, corpus_dir=FOLDER)


def told(old: str, new: str) -> set[Row]:
    """What the program says of each article, in the form of the tables."""
    rows: set[Row] = set()
    for change in diff_documents(read(old), read(new)).changes:
        olds, news = (
            [str(read_number(one.number[1:-1])) for one in side if one.level is Level.ARTICLE]
            for side in (change.old, change.new)
        )
        if olds or news:
            rows.add((" ".join(olds), " ".join(news), change.kind.value))
    return rows


def accuracy(expected: set[Row], rows: set[Row]) -> tuple[int, int]:
    """(right, all) articles of both sides: right with its counterparts and what became of it."""
    outcomes = [
        {(side, number): row for row in table for side in (0, 1) for number in row[side].split()}
        for table in (expected, rows)
    ]
    assert outcomes[0].keys() == outcomes[1].keys()
    return sum(outcomes[1][key] == row for key, row in outcomes[0].items()), len(outcomes[0])


@pytest.mark.parametrize("name", PAIRS)
def test_articles_are_aligned_as_a_reader_aligns_them(name):
    old, new, floor = PAIRS[name]
    lines = (TABLES / f"{name}.tsv").read_text("utf-8").splitlines()[1:]
    expected = {tuple(line.split("\t")) for line in lines}

    right, total = accuracy(expected, told(old, new))

    assert right >= floor * total, f"{right} of {total}"


@pytest.mark.slow
def test_every_clause_of_every_pair_is_told_exactly_once_in_both_directions():
    versions = defaultdict(list)
    for path in sorted(FOLDER.glob("*.md")):
        versions[re.sub(r"\(\d[\d-]*\)$", "", path.stem)].append(path.name)
    pairs = [names for names in versions.values() if len(names) == 2]
    for first, second in pairs:
        one, other = read(first), read(second)
        for old, new in ((one, other), (other, one)):
            diff = diff_documents(old, new)
            for clauses, side in (
                (old.clauses, [c for change in diff.walk() for c in change.old]),
                (new.clauses, [c for change in diff.walk() for c in change.new]),
            ):
                assert sorted(c.clause_id for c in side) == sorted(c.clause_id for c in clauses)

    assert len(pairs) >= 15
