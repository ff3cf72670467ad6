"""Metadata of 60 public law texts against a table written by hand from their words.

A column is empty where the text itself does not say: a day in a file's name is not in its text.
All 60 are official texts: none is a draft, a digest, or says that it has ended.
"""

import csv
from pathlib import Path

import pytest

from assistant.parsing import parse_file
from assistant.schema import DocStatus

FOLDER = Path(__file__).parents[2] / "shared" / "bench" / "law_texts"
TABLE = Path(__file__).parent / "law_texts_metadata.psv"
COLUMNS = ("issued_on", "amended_on", "effective_on", "doc_no")

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the public law texts are not here")


def test_dates_and_numbers_of_60_law_texts_are_right_and_none_is_invented():
    with TABLE.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="|"))
    wrong, invented = set(), []
    for row in rows:
        document = parse_file(FOLDER / f"{row['file']}.md", corpus_dir=FOLDER).document
        read = {name: str(getattr(document, name) or "") for name in COLUMNS}
        wrong |= {row["file"] for name in COLUMNS if read[name] != row[name]}
        invented += [(row["file"], name) for name in COLUMNS if read[name] and not row[name]]
        if (document.status, document.status_words) != (DocStatus.IN_FORCE, None):
            wrong.add(row["file"])

    assert len(rows) == 60
    assert len(wrong) <= 3, sorted(wrong)
    assert invented == []
