"""Train the shipped static embedder: a Unigram tokenizer and one vector a piece.

Pairs: question and answer, headline sentence and rest of a news article, sentence and neighbour.
The loss is InfoNCE over in-batch negatives (van den Oord et al. 2018, arXiv 1807.03748).
"""

from __future__ import annotations

import gzip
import json
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.errors import UsageError
from assistant.text import normalize

VOCABULARY = 24_000
DIMENSIONS = 256
BATCH = 512
TEMPERATURE = 0.05
LEARNING_RATE = 0.02
MAX_CHARS = 256
PAIR_REPEATS = 3
MAX_NEWS = 60_000
EPOCHS = 2
_SENTENCE = re.compile(r"[^。！？]{8,120}[。！？]")


def load_pairs(train_dir: Path, *, max_news: int, seed: int) -> list[tuple[str, str]]:
    """(query-like, passage-like) texts, normalised and shuffled.

    Raises:
        UsageError: the folder lacks `ncp_pairs.jsonl` or `news.jsonl.gz`.
    """
    pairs_path, news_path = train_dir / "ncp_pairs.jsonl", train_dir / "news.jsonl.gz"
    if not pairs_path.is_file() or not news_path.is_file():
        raise UsageError(
            f"训练文件夹 {train_dir} 里缺少 ncp_pairs.jsonl 或 news.jsonl.gz；"
            "请指定含有它们的文件夹。"
        )
    shuffler = random.Random(seed)
    pairs: list[tuple[str, str]] = []
    for line in pairs_path.read_text("utf-8").splitlines():
        row = json.loads(line)
        pairs += [(_plain(row["query"]), _plain(row["positive"]))] * PAIR_REPEATS
    with gzip.open(news_path, "rt", encoding="utf-8") as lines:
        for index, line in enumerate(lines):
            if index >= max_news:
                break
            sentences = _SENTENCE.findall(_plain(json.loads(line)["text"]))
            if len(sentences) < 4:
                continue
            pick = shuffler.randrange(len(sentences) - 1)
            pairs.append((sentences[pick], sentences[pick + 1]))
            rest = sentences[:pick] + sentences[pick + 1 :]
            pairs.append((sentences[pick], "".join(rest)[:MAX_CHARS]))
    shuffler.shuffle(pairs)
    return pairs


def _plain(text: str) -> str:
    return normalize(text).text


def train_embedder(
    train_dir: Path,
    out_dir: Path,
    *,
    seed: int = 20240601,
    progress: Callable[[str, int, int], None] | None = None,
) -> None:
    """Train from the seed and save a folder that `SentenceTransformer(out_dir)` loads too."""
    import numpy as np
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import StaticEmbedding

    torch.manual_seed(seed)
    pairs = load_pairs(train_dir, max_news=MAX_NEWS, seed=seed)
    tokenizer = _train_tokenizer([text for pair in pairs for text in pair])
    tokenizer.enable_truncation(MAX_CHARS)
    encoded = [tokenizer.encode_batch_fast([pair[side] for pair in pairs]) for side in (0, 1)]
    ids = [[torch.tensor(one.ids or [0]) for one in side] for side in encoded]
    bag = torch.nn.EmbeddingBag(tokenizer.get_vocab_size(), DIMENSIONS, mode="mean")
    torch.nn.init.normal_(bag.weight, std=0.05)
    optimizer = torch.optim.Adam(bag.parameters(), lr=LEARNING_RATE)
    steps = max(1, len(pairs) // BATCH) * EPOCHS
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.02, steps)
    generator = torch.Generator().manual_seed(seed)
    done = 0
    for _ in range(EPOCHS):
        order = torch.randperm(len(pairs), generator=generator).tolist()
        for begin in range(0, len(order) - BATCH + 1, BATCH):
            rows = order[begin : begin + BATCH]
            sides = [_embed(bag, [side[row] for row in rows]) for side in ids]
            scores = sides[0] @ sides[1].T / TEMPERATURE
            target = torch.arange(len(rows))
            loss = torch.nn.functional.cross_entropy(scores, target)
            loss = loss + torch.nn.functional.cross_entropy(scores.T, target)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            done += 1
            if progress is not None and done % 20 == 0:
                progress(f"训练（损失 {loss.item():.3f}）", done, steps)
    weights = bag.weight.detach().numpy().astype(np.float16)
    tokenizer.no_truncation()
    static = StaticEmbedding(tokenizer, embedding_weights=weights)
    SentenceTransformer(modules=[static], device="cpu").save_pretrained(
        str(out_dir), create_model_card=False
    )


def _embed(bag: Any, rows: list[Any]) -> Any:
    import torch

    lengths = torch.tensor([len(row) for row in rows])
    offsets = torch.cat([torch.zeros(1, dtype=torch.long), lengths.cumsum(0)[:-1]])
    return torch.nn.functional.normalize(bag(torch.cat(rows), offsets), dim=1)


def _train_tokenizer(texts: list[str]) -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.Unigram())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Punctuation(), pre_tokenizers.Digits(individual_digits=False)]
    )
    trainer = trainers.UnigramTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<unk>"],
        unk_token="<unk>",
        max_piece_length=4,
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts[:60_000], trainer)
    return tokenizer
