"""Words: what a text's tokens are, and the scores that shared ones give."""

import math
import re
from collections import Counter

import jieba
import numpy as np
import pytest

from assistant.retrieval.lexical import (
    DOCUMENT_B,
    DOCUMENT_K1,
    DOCUMENT_SHARE,
    K1,
    TITLE_WEIGHT,
    B,
    LexicalIndex,
    LexicalPart,
    term_weights,
)
from assistant.retrieval.lines import LineWriter, SortedLines
from assistant.retrieval.postings import Postings, PostingsBuilder, forward_of
from assistant.retrieval.tokenizer import SYNONYM_SHARE, lexicon_words, query_tokens, tokenize
from assistant.schema import Passage
from assistant.settings import PACKAGE_DIR
from assistant.text import normalize


def bm25_by_hand(terms, rows, count_idf, k1, b):
    """From the formula and nothing else; slow on purpose."""
    lengths = [sum(row.values()) for row in rows]
    mean = sum(lengths) / len(rows)

    def score(row, length):
        total = 0.0
        for term in terms:
            df, tf = sum(term in other for other in rows), row.get(term, 0.0)
            if tf:
                total += count_idf(df) * tf * (k1 + 1) / (tf + k1 * (1 - b + b * length / mean))
        return total

    return [score(row, length) for row, length in zip(rows, lengths, strict=True)]


def lexical_of(folder, rows, documents=None):
    builder = PostingsBuilder()
    builder.add(forward_of(rows))
    builder.save(folder / "lexical")
    owners = np.array(range(len(rows)) if documents is None else documents, dtype=np.int32)
    return LexicalIndex([LexicalPart(Postings(folder / "lexical"), owners)])


def test_bm25_is_the_formula_for_passages_and_for_their_documents(tmp_path):
    rows = [{"药物": 2.0, "企业": 1.0}, {"企业": 3.0}, {"药物": 1.0, "园区": 4.0}, {"园区": 1.0}]
    documents, terms = [0, 0, 1, 2], tokenize("药物和企业，企业")
    wholes = [Counter() for _ in range(3)]
    for row, document in zip(rows, documents, strict=True):
        wholes[document].update(row)
    passages = bm25_by_hand(terms, rows, lambda df: math.log(1 + (4.5 - df) / (df + 0.5)), K1, B)
    shares = bm25_by_hand(terms, wholes, lambda df: math.log(3 / df), DOCUMENT_K1, DOCUMENT_B)
    expected = [
        passage + DOCUMENT_SHARE * shares[document] if passage else 0
        for passage, document in zip(passages, documents, strict=True)
    ]

    index = lexical_of(tmp_path, rows, documents)

    assert index.scores("药物和企业，企业") == pytest.approx(expected, rel=1e-5)
    assert expected[3] == 0 < min(expected[:3])
    assert (index.document_frequency("药物"), index.document_frequency("无")) == (2, 0)


def test_in_one_document_the_scores_are_those_of_passages(tmp_path):
    rows = [{"药物": 2.0, "企业": 1.0}, {"企业": 3.0}]
    expected = bm25_by_hand(["企业"], rows, lambda df: math.log(1 + (2.5 - df) / (df + 0.5)), K1, B)

    assert lexical_of(tmp_path, rows, [0, 0]).scores("企业") == pytest.approx(
        [2 * one for one in expected], rel=1e-5
    )  # 企业 is a word and a bigram


def test_one_of_many_sorted_lines_is_found_by_its_bytes(tmp_path):
    words = sorted({*(f"词{n}" for n in range(200)), "a", "ab", "词", "龘"})
    writer = LineWriter(tmp_path, "words")
    for word in words:
        writer.add(f"{word}\n".encode())
    writer.close()
    lines = SortedLines(tmp_path, "words")

    assert [lines.find(f"{word}\n".encode()) for word in words] == list(range(len(words)))
    for word in ("", "A", "b", "词200", "词1999", "龘龘", "\U0010ffff"):
        assert lines.find(f"{word}\n".encode()) is None


def test_headings_and_title_count_with_their_weights():
    passage = Passage("p", "d", ("c",), ("园区",), 0, 2, "企业", title="企业")

    weights, times = term_weights(passage), Counter(tokenize("企业"))

    assert weights["企业"] == pytest.approx((1 + TITLE_WEIGHT) * times["企业"])
    assert weights["园区"] == pytest.approx(2 * Counter(tokenize("园区"))["园区"])


def test_a_number_is_one_token_in_every_spelling():
    assert {"#200000"} == {
        next(one for one in tokenize(text) if one.startswith("#"))
        for text in ("二十万元", "200,000元", "２０万元")
    }


@pytest.mark.parametrize(
    ("mark", "texts", "token"),
    [
        ("@", ("2024年5月1日起", "二〇二四年五月一日", "２０２４年５月１日"), "@2024-5-1"),
        ("@", ("2024年5月", "二〇二四年五月"), "@2024-5"),
        ("§", ("宝府规〔2021〕1号", "宝府规[2021]1号", "宝府规（2021）第1号"), "§宝府规[2021]1号"),
    ],
)
def test_dates_and_numbers_of_documents_are_one_token_in_every_spelling(mark, texts, token):
    for text in texts:
        assert [one for one in tokenize(text) if one.startswith(mark)][-1] == token


def test_a_question_counts_its_words_and_less_what_they_also_are_called():
    counted = query_tokens("高企和高企的奖励")

    assert counted["高企"] == 2 * query_tokens("高企")["高企"]
    assert counted["高新技术企业"] == SYNONYM_SHARE
    assert query_tokens("高新技术企业")["高企"] == SYNONYM_SHARE
    assert "高新技术企业" not in query_tokens("提高企业效率")
    assert query_tokens("？！") == {}


def test_a_word_that_no_passage_has_is_read_as_a_synonym_that_one_has(tmp_path):
    texts = ["科技型中小企业评价。", "高企认定和高新技术企业奖励。", "住房条件。"]
    lexical = lexical_of(tmp_path, [Counter(tokenize(text)) for text in texts])

    assert lexical.in_its_words("科小认定条件？") == "科技型中小企业认定条件?"
    assert lexical.in_its_words("高企奖励？") == "高企奖励？"
    assert lexical.in_its_words("技改补贴？") == "技改补贴？"  # nor has it what that stands for
    assert lexical.in_its_words("") == ""


def test_a_passage_has_the_exact_things_that_a_question_names(tmp_path):
    texts = ["给予20万元奖励。", "依据宝府规〔2021〕1号，给予10万元奖励。", "给予奖励。"]
    lexical = lexical_of(tmp_path, [Counter(tokenize(text)) for text in texts])
    rows = np.array([2, 0, 1])

    assert lexical.exact("奖励二十万元", rows).tolist() == [0, 1, 0]
    assert lexical.exact("宝府规[2021]第1号的奖励", rows).tolist() == [0, 0, 1]
    assert 0 < lexical.exact("宝府规[2021]1号给200,000元", rows)[1] < 1
    assert lexical.exact("给多少奖励", rows) is None


def test_words_are_those_of_jieba_s_own_search_mode():
    cutter = jieba.Tokenizer()
    for word in lexicon_words():
        cutter.add_word(word)
    texts = [path.read_text("utf-8") for path in (PACKAGE_DIR.parent / "corpus/digests").iterdir()]
    runs = sorted(set(re.findall("[\u4e00-\u9fa5]+", normalize("\n".join(texts)).text)))
    assert len(runs) > 2000
    for run in runs:
        theirs = [word for word in cutter.cut_for_search(run, HMM=False) if len(word) > 1]
        pairs = [run[at : at + 2] for at in range(len(run) - 1)] or [run]
        assert [one for one in tokenize(run) if one[0] != "#"] == theirs + pairs
