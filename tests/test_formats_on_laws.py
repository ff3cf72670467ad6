"""The clause tree of a real law is the same through every format as from its plain text."""

import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from assistant.parsing import Origin, parse_file, parse_source
from assistant.parsing.readers import read_file
from assistant.parsing.readers.legacy_doc import soffice_path
from tests.real_files import docx_of, html_of, page_of, pdf_of

FOLDER = Path(__file__).parents[2] / "shared" / "bench" / "law_texts"
EVERY = int(os.environ.get("LAWS_EVERY", "8"))
"""One law in eight: 45 of 353. With LAWS_EVERY=1 all of them are measured."""
MIN_SAME = 0.99
LAYOUT = re.compile(r"[\s\u200b-\u200d\ufeff]")
"""White space, and the characters without width that some of the texts hold."""
MAKERS = {
    "txt": lambda words: "\n".join(words).encode(),
    "gb18030.txt": lambda words: "\n".join(words).encode("gb18030"),
    "utf16.txt": lambda words: "\n".join(words).encode("utf-16-le"),
    "page.txt": page_of,
    "docx": docx_of,
    "html": html_of,
    "gb18030.html": lambda words: html_of(words, "gb18030"),
    "pdf": pdf_of,
    "spaced.pdf": lambda words: pdf_of(words, indent_em=0),
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the public law texts are not on this machine"),
]


def laws():
    """Paragraphs of each law of the sample."""
    for path in sorted(FOLDER.glob("*.md"))[::EVERY]:
        lines = read_file(path, path.read_bytes()).text.splitlines()
        yield [line.strip() for line in lines if LAYOUT.sub("", line)]


def clauses(parsed):
    """Level, number and own text without white space."""
    text = parsed.document.text
    own = ((one, LAYOUT.sub("", text[one.start : one.own_end])) for one in parsed.clauses)
    return Counter((one.level.value, one.number, words) for one, words in own if words)


def plain(paragraphs):
    return clauses(parse_source("\n".join(paragraphs), Origin("法", "法", "0", kind=".jsonl")))


@pytest.mark.parametrize("kind", MAKERS)
def test_the_clauses_are_those_of_the_plain_text(kind, tmp_path):
    path = tmp_path / f"法.{kind}"
    wanted = same = invented = 0
    for paragraphs in laws():
        path.write_bytes(MAKERS[kind](paragraphs))
        expected, found = plain(paragraphs), clauses(parse_file(path, corpus_dir=tmp_path))
        wanted += expected.total()
        same += (expected & found).total()
        invented += (found - expected).total()

    print(f"{kind}: {same} of {wanted} clauses, {invented} others")  # noqa: T201
    assert wanted > 5000
    assert same >= MIN_SAME * wanted, f"{kind}: {same} of {wanted}"
    assert invented <= (1 - MIN_SAME) * wanted, f"{kind}: {invented} that are not in the text"


@pytest.mark.skipif(soffice_path() is None, reason="LibreOffice is not on this machine")
@pytest.mark.parametrize("kind", ["doc", "pdf"])
def test_what_an_office_program_writes_has_the_same_clauses(kind, tmp_path):
    paragraphs = next(iter(laws()))
    (tmp_path / "法.docx").write_bytes(docx_of(paragraphs))
    subprocess.run(
        [shutil.which(soffice_path()), "--headless",
         f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--convert-to", kind,
         "--outdir", tmp_path, tmp_path / "法.docx"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip

    parsed = parse_file(tmp_path / f"法.{kind}", corpus_dir=tmp_path)

    expected = plain(paragraphs)
    assert (expected & clauses(parsed)).total() >= MIN_SAME * expected.total()
    assert parsed.document.read_certainty >= 0.9
