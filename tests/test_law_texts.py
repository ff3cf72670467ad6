"""The parser on real laws and regulations, where the public texts are at hand."""

import re
from pathlib import Path

import pytest

from assistant.parsing import parse_file
from assistant.schema import Level

FOLDER = Path(__file__).parents[2] / "shared" / "bench" / "law_texts"
_N = "[一二三四五六七八九十百千零]+"
OPENING = re.compile(rf"^第{_N}条(?:之{_N})?(?=[ \u3000])", re.M)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the public law texts are not on this machine"),
]


def test_every_article_is_found_none_is_invented_and_no_character_is_lost():
    expected = found = missed = invented = 0
    for path in sorted(FOLDER.glob("*.md")):
        parsed = parse_file(path, corpus_dir=FOLDER)
        text = parsed.document.text
        assert "".join(text[c.start : c.own_end] for c in parsed.clauses) == text
        assert len({c.clause_id for c in parsed.clauses}) == len(parsed.clauses)
        raw = path.read_text("utf-8")
        body = re.sub(r"<!--.*?-->|^#+ ", "", raw, flags=re.M | re.S)
        assert re.sub(r"[\s\\*]", "", body) == re.sub(r"[\s\\*]", "", text), path.name
        wanted = {(m.start(), m[0]) for m in OPENING.finditer(text)}
        got = {(c.start, c.number) for c in parsed.clauses if c.level is Level.ARTICLE}
        expected += len(wanted)
        found += len(wanted & got)
        missed += len(wanted - got)
        invented += len(got - wanted)

    assert expected > 10_000
    assert found >= 0.995 * expected, f"{missed} of {expected} article openings missed"
    assert invented == 0
