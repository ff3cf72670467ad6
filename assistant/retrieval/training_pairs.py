"""What the embedder learns from: news, articles of laws, questions with their answers; as texts.

A pair is (question-like, passage-like), both normalised and cut to `MAX_CHARS`.
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.errors import UsageError
from assistant.text import normalize

MAX_CHARS = 256
MAX_NEWS = 30_000
MAX_ARTICLES = 70_000
_HEAD_CHARS = 1200
_REST_CHARS = 300
_SENTENCE = re.compile(r"[^。！？；]{6,120}[。！？；]?")

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with a passage that answers it. Questions of one `group` are held out together."""

    question: str
    passage: str
    group: str


def news_pairs(path: Path, seed: int) -> list[Pair]:
    """A sentence of an article with its neighbour or with the rest of it.

    Raises:
        UsageError: the file is not there.
    """
    if not path.is_file():
        raise UsageError(f"训练文件夹 {path.parent} 里缺少 {path.name}；请指定含有它的文件夹。")
    chance = random.Random(seed)
    pairs: list[Pair] = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for index, line in enumerate(lines):
            if index >= MAX_NEWS:
                break
            sentences = _SENTENCE.findall(json.loads(line)["text"][:_HEAD_CHARS])
            if len(sentences) < 4:
                continue
            pick = chance.randrange(len(sentences) - 1)
            rest = "".join(sentences[:pick] + sentences[pick + 1 :])[:_REST_CHARS]
            pairs.append((sentences[pick], rest if chance.random() < 0.5 else sentences[pick + 1]))
    return [(plain(one), plain(other)) for one, other in pairs]


def article_pairs(articles: Sequence[Pair], seed: int) -> list[Pair]:
    """A sentence, or the first part of one, with title and rest; `articles`: title, text."""
    chance = random.Random(seed)
    order = list(range(len(articles)))
    chance.shuffle(order)
    pairs: list[Pair] = []
    for index in order[:MAX_ARTICLES]:
        title, text = articles[index]
        parts = _SENTENCE.findall(text)
        if len(parts) >= 2:
            pick = chance.randrange(len(parts))
            said, rest = parts[pick], "".join(parts[:pick] + parts[pick + 1 :])[:_REST_CHARS]
        else:
            parts = text.split("，")
            if len(parts) < 2:
                continue
            cut = chance.randrange(1, len(parts))
            said, rest = "，".join(parts[:cut]), "，".join(parts[cut:])
        pairs.append((plain(said), plain(f"{title} {rest}")))
    return pairs


def answered_pairs(path: Path) -> list[Asked]:
    """Rows `query`, `positive`; each a group of its own.

    Raises:
        UsageError: the file is not there.
    """
    if not path.is_file():
        raise UsageError(f"训练文件夹 {path.parent} 里缺少 {path.name}；请指定含有它的文件夹。")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [Asked(plain(one["query"]), plain(one["positive"]), f"{number}")
            for number, one in enumerate(rows)]  # fmt: skip


def read_articles(folder: Path) -> dict[str, Pair]:
    """Title and text by id, of a benchmark's corpus in BEIR form, packed or not.

    Raises:
        UsageError: there is none.
    """
    packed, plain_file = folder / "corpus.jsonl.gz", folder / "corpus.jsonl"
    if packed.is_file():
        raw = gzip.decompress(packed.read_bytes())
    elif plain_file.is_file():
        raw = plain_file.read_bytes()
    else:
        raise UsageError(f"文件夹 {folder} 里没有 corpus.jsonl 或 corpus.jsonl.gz。")
    rows = (json.loads(line) for line in raw.splitlines())
    return {one["_id"]: (one["title"], one["text"]) for one in rows}


def asked_of_articles(folder: Path, articles: dict[str, Pair]) -> Iterator[Asked]:
    """The dev questions with each of their articles; the group is the first article."""
    wanted: dict[str, list[str]] = {}
    for line in (folder / "qrels.dev.tsv").read_text("utf-8").splitlines()[1:]:
        query_id, doc_id, score = line.split("\t")
        if int(score) > 0 and doc_id in articles:
            wanted.setdefault(query_id, []).append(doc_id)
    for line in (folder / "queries.dev.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        for doc_id in wanted.get(row["_id"], ()):
            passage = plain(" ".join(articles[doc_id]))
            yield Asked(plain(row["text"]), passage, wanted[row["_id"]][0])


def plain(text: str) -> str:
    return normalize(text).text[:MAX_CHARS]

